package org.espalier.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.espalier.search.SearchMethod.BEAM;
import static org.espalier.testing.ScriptedPolicy.ending;

import java.util.List;
import org.espalier.model.Budget;
import org.espalier.model.Completion;
import org.espalier.model.Limit;
import org.espalier.model.StopReason;
import org.espalier.search.SearchNode.Fate;
import org.espalier.search.Semantics.Quirk;
import org.espalier.testing.FakePrm;
import org.junit.jupiter.api.Test;

/** Beam search as search-and-learn does it; the numbers are those of the steps in reference/search.md §1.4. */
class BeamSearchParityTest {
    private static final Semantics NO_EMPTY_STEPS = Semantics.SAL.without(Quirk.SCORE_EMPTY_STEPS);

    private static SearchConfig.Builder config(int n, int beamWidth) {
        return SearchConfig.builder().n(n).beamWidth(beamWidth).semantics(NO_EMPTY_STEPS);
    }

    /**
     * n = 5, M = 2: 5 / 2 = 2 beams are kept (c .9, a .8), in the order of the beams, and repeated cyclically: a c a c a.
     */
    @Test
    void step2and8_keepsNOverMBeamsAndTilesThemCyclicallyToN() {
        Trial trial = new Trial();
        trial.policy
                .on("", "a|", "b|", "c|", "d|", "e|")
                .on("a|", "1", "2", "3")
                .on("c|", "4", "5");
        trial.scores(
                "a|", .8, "b|", .1, "c|", .9, "d|", .1, "e|", .1, //
                "a|1", .1, "c|4", .2, "a|2", .3, "c|5", .4, "a|3", .5);
        Solution solution = trial.solve(BEAM, config(5, 2));

        assertThat(trial.extended()).containsExactly("", "", "", "", "", "a|", "c|", "a|", "c|", "a|");
        assertThat(Trial.completions(solution)).containsExactly("a|1", "c|4", "a|2", "c|5", "a|3");
    }

    /** n = 2, M = 1: both a and b are kept and extended once each. */
    @Test
    void step2_fullBeamIsExtendedOnceEach() {
        Trial trial = new Trial();
        trial.policy.on("", "a|", "b|").on("a|", "1").on("b|", "2");
        assertThat(Trial.completions(trial.solve(BEAM, config(2, 1)))).containsExactly("a|1", "b|2");
    }

    /** maxIterations = 2: the second iteration runs to the end, through c. */
    @Test
    void step3_lastIterationRunsToTheEnd() {
        Trial trial = new Trial();
        trial.policy.on("", "a|", "b|").on("a|", "c|", "1").on("a|c|", "2");
        trial.prm = new FakePrm(trial.loop, path -> path.startsWith("a") ? .9 : .1);
        Solution solution = trial.solve(BEAM, config(2, 2).maxIterations(2));

        assertThat(Trial.completions(solution)).containsExactly("a|c|2", "a|1");
        assertThat(trial.judged()).contains("a|c|", "a|c|2");
    }

    @Test
    void step4_lengthAndContextCountAsFinished() {
        Trial trial = new Trial();
        trial.policy.on("", "x y 8 z", ending("9", StopReason.CONTEXT));
        Solution solution = trial.solve(BEAM, config(2, 1).maxTokens(3));

        assertThat(Trial.completions(solution)).containsExactly("x y 8 ", "9");
        assertThat(solution.completions()).allMatch(Completion::finished);
        assertThat(solution.votes()).extracting(Vote::answer).containsExactly("8", "9");
    }

    /** 1 is finished with the worst score; it is a completion nevertheless. */
    @Test
    void step4_finishedBeamCompletesBeforeItsScoreIsUsed() {
        Trial trial = new Trial();
        trial.policy.on("", "1", "a|").on("a|", "2", "3");
        Solution solution =
                trial.scores("1", .01, "a|", .9, "a|2", .8, "a|3", .7).solve(BEAM, config(2, 2));

        assertThat(Trial.completions(solution)).containsExactly("1", "a|2");
    }

    /** The policy ends its turn at once after the delimiter. */
    @Test
    void step4_emptyStepCompletes() {
        Trial trial = new Trial();
        trial.policy.on("", "1|").on("1|", "");
        Solution solution = trial.solve(BEAM, config(1, 1));

        assertThat(Trial.completions(solution)).containsExactly("1|");
        assertThat(solution.completions().get(0).finished()).isTrue();
    }

    /**
     * n = 2, M = 2, lookahead 1. Judged by their lookahead b would win (.9 over .1); judged without, a does (.6 over .5).
     */
    @Test
    void step5_lookaheadTextIsWrittenButNotJudged() {
        Trial trial = new Trial();
        trial.policy
                .on("", "a|", "b|")
                .greedily("a|", "bad|")
                .greedily("b|", "good|")
                .on("a|", "1", "2");
        trial.scores("a|", .6, "b|", .5, "a|bad|", .1, "b|good|", .9, "a|1", .5, "a|2", .5);
        Solution solution = trial.solve(BEAM, config(2, 2).lookahead(1));

        assertThat(Trial.completions(solution)).containsExactly("a|1", "a|2");
        assertThat(Trial.paths(solution, Fate.LOOKAHEAD)).containsExactly("a|bad|", "b|good|");
        assertThat(trial.judged()).doesNotContain("a|bad|", "b|good|");
    }

    /** n = 2, M = 2: two completions after two iterations; a third one is worked on all the same and is then surplus. */
    @Test
    void step6_doesNotStopAtNCompletions() {
        Trial trial = new Trial();
        trial.policy.on("", "1", "a|").on("a|", "2", "b|").on("a|b|", "3", "4");
        Solution solution = trial.solve(BEAM, config(2, 2));

        assertThat(trial.extended()).endsWith("a|b|", "a|b|");
        assertThat(Trial.paths(solution, Fate.COMPLETED)).containsExactly("1", "a|2", "a|b|3", "a|b|4");
        assertThat(Trial.completions(solution)).containsExactly("1", "a|2");
        assertThat(solution.usage().discardedTokens()).as("b 3 4").isEqualTo(3);
    }

    /** n = 4, M = 2: without the filter both a would be kept. */
    @Test
    void step7_filterDuplicatesKeepsTheFirstBeforeTheSelection() {
        Trial trial = new Trial();
        trial.policy.on("", "a|", "b|", "a|", "c|").on("a|", "1", "2").on("b|", "3", "4");
        trial.prm = new FakePrm(trial.loop, path -> path.startsWith("a") ? .9 : path.startsWith("b") ? .5 : .1);
        Solution solution = trial.solve(BEAM, config(4, 2).filterDuplicates(true));

        assertThat(Trial.paths(solution, Fate.PRUNED)).containsExactly("a|", "c|");
        assertThat(Trial.completions(solution)).containsExactly("a|1", "b|3", "a|2", "b|4");
    }

    /** n = 2, M = 4: 2 / 4 = 0, and the last 0 of a list are all of it. */
    @Test
    void step8_prunesNothingIfNIsLessThanM() {
        Trial trial = new Trial();
        trial.policy.on("", "a|", "b|").on("a|", "1").on("b|", "2");
        Solution solution =
                trial.scores("a|", .9, "b|", .1, "a|1", .9, "b|2", .1).solve(BEAM, config(2, 4));

        assertThat(Trial.paths(solution, Fate.PRUNED)).isEmpty();
        assertThat(Trial.completions(solution)).containsExactly("a|1", "b|2");
    }

    /** n = 2, M = 2: c completes last with the best score. */
    @Test
    void step9_firstNInTheOrderInWhichTheyWereFinished() {
        assertThat(Trial.completions(threeCompletions().solve(BEAM, config(2, 2))))
                .containsExactly("1", "a|2");
    }

    @Test
    void step9_sortCompletedTakesTheBestN() {
        assertThat(Trial.completions(threeCompletions().solve(BEAM, config(2, 2).sortCompleted(true))))
                .containsExactly("a|b|3", "a|b|4");
    }

    private static Trial threeCompletions() {
        Trial trial = new Trial();
        trial.policy.on("", "1", "a|").on("a|", "2", "b|").on("a|b|", "3", "4");
        return trial.scores("1", .1, "a|", .5, "a|2", .2, "a|b|", .5, "a|b|3", .9, "a|b|4", .8);
    }

    /**
     * Because every iteration extends n beams, a search that is not cut short never has fewer than n completions. This one
     * is: n = 3, M = 3, and the budget's five tokens end it in the second iteration, when 7 alone is finished.
     */
    @Test
    void step9_fewerCompletionsThanNAreRepeatedAndVoteAgain() {
        Trial trial = new Trial().budget(new Budget(5, null));
        trial.policy.on("", "7", "a|", "b|").on("a|", "c|", "d|", "e|");
        Solution solution =
                trial.scores("7", .4, "a|", .5, "b|", .2, "a|c|", .5).solve(BEAM, config(3, 3));

        assertThat(Trial.completions(solution)).containsExactly("7", "7", "7");
        assertThat(solution.votes()).extracting(Vote::answer, Vote::count).containsExactly(tuple("7", 3));
        assertThat(solution.stoppedBy()).isEqualTo(Limit.TOKENS);
    }

    @Test
    void step9_completionsVoteOncePerBeamEvenIfTheyReadTheSame() {
        Trial trial = new Trial();
        trial.policy.on("", "7", "7", "8");
        Solution solution = trial.scores("7", .4, "8", .7).solve(BEAM, config(3, 1));

        assertThat(solution.votes())
                .extracting(Vote::answer, Vote::count, Vote::weight)
                .containsExactly(tuple("7", 2, .8), tuple("8", 1, .7));
    }

    /** The search aggregates with MIN and so keeps b; the votes count the last score, which is 1's best. */
    @Test
    void step10_aggregationDecidesPredAndLastDecidesTheVote() {
        Trial trial = new Trial();
        trial.policy.on("", "a|", "b|").on("a|", "1").on("b|", "2");
        Solution solution = trial.scores("a|", .1, "b|", .6, "a|1", .9, "b|2", .5)
                .solve(BEAM, config(2, 1).aggregation(ScoreAggregation.MIN));

        assertThat(Trial.scores(solution)).containsExactly(.1, .5);
        assertThat(solution.best().orElseThrow().text()).as("pred").isEqualTo("b\n\n2");
        assertThat(Trial.answer(solution)).as("pred_weighted").isEqualTo("1");
        assertThat(solution.votes())
                .extracting(Vote::answer, Vote::weight)
                .containsExactly(tuple("1", .9), tuple("2", .5));
    }

    /**
     * §1.8 trap (a). a | and b | end with the delimiter: the empty step after them decides, and b wins with .7 over .2
     * although a's own step is better. 3 ends with the turn and has no empty step.
     */
    @Test
    void emptyStepBehindTheDelimiterIsJudgedAndIsTheLast() {
        Trial trial = new Trial();
        trial.policy.on("", "a|", "b|").on("b|", "3", "4");
        trial.scores(
                "a|",
                .9,
                "a|" + FakePrm.EMPTY,
                .2, //
                "b|",
                .3,
                "b|" + FakePrm.EMPTY,
                .7, //
                "b|3",
                .6,
                "b|4",
                .5);
        Solution solution = trial.solve(BEAM, config(2, 2).semantics(Semantics.SAL));

        assertThat(Trial.completions(solution)).containsExactly("b|3", "b|4");
        assertThat(solution.completions().get(0).stepScores())
                .as("the empty step is not part of the path")
                .containsExactly(.3, .6);
    }

    /** The turn ends right behind a delimiter: that empty step is the path's last and is judged once more. */
    @Test
    void emptyLastStepIsJudged() {
        Trial trial = new Trial();
        trial.policy.on("", "1|").on("1|", "");
        Solution solution = trial.scores("1|", .6, "1|" + FakePrm.EMPTY, .4)
                .solve(BEAM, config(1, 1).semantics(Semantics.SAL));

        assertThat(solution.completions().get(0).stepScores()).containsExactly(.6, .4);
    }

    /** The last token that the call may sample completes the delimiter. */
    @Test
    void runThatEndsAtTheLimitWithADelimiterIsFinishedAndItsEmptyStepReported() {
        Trial trial = new Trial();
        trial.policy.on("", "a a|");
        Solution solution = trial.scores("a a|", .6, "a a|" + FakePrm.EMPTY, .4)
                .solve(BEAM, config(1, 1).maxIterations(1).maxTokens(2).semantics(Semantics.SAL));

        assertThat(solution.completions().get(0).finished()).isTrue();
        assertThat(solution.completions().get(0).stepScores()).containsExactly(.6, .4);
    }

    /** Math-Shepherd's text has no tag behind a delimiter that ends it. */
    @Test
    void aPrmThatReadsNoEmptyEndsIsNotAskedAboutThem() {
        Trial trial = new Trial();
        trial.policy.on("", "a a|");
        trial.prm = new FakePrm(trial.loop, path -> {
                    assertThat(path).doesNotEndWith(FakePrm.EMPTY);
                    return .6;
                })
                .withoutEmptyEnds();
        Solution solution =
                trial.solve(BEAM, config(1, 1).maxIterations(1).maxTokens(2).semantics(Semantics.SAL));

        assertThat(solution.completions().get(0).stepScores()).containsExactly(.6);
    }

    @Test
    void thePrmIsFedAsSearchAndLearnFeedsIt() {
        assertThat(scoresOfOneStep(Semantics.SAL)).containsExactly(.9);
        assertThat(scoresOfOneStep(Semantics.STRICT)).containsExactly(.1);
    }

    private static List<Double> scoresOfOneStep(Semantics semantics) {
        Trial trial = new Trial();
        trial.policy.on("", "1");
        trial.prm = new FakePrm(trial.loop, path -> .1).fedBySearchAndLearnAs(new FakePrm(trial.loop, path -> .9));
        Solution solution = trial.solve(BEAM, config(1, 1).semantics(semantics));
        return solution.completions().get(0).stepScores();
    }

    @Test
    void maxTokensAloneHoldForEachStepAndForTheWholeOfTheLastIteration() {
        Trial trial = new Trial();
        trial.policy.on("", "a a|").on("a a|", "b b|").on("a a|b b|", "c|").on("a a|b b|c|", "1");
        trial.solve(BEAM, config(1, 1).maxTokens(3).maxIterations(3).stepTokens(1));

        assertThat(trial.policy.calls())
                .extracting(call -> call.request().maxTokens())
                .containsExactly(3, 3, 3, 2);
    }

    @Test
    void blankStepsAreSteps() {
        Trial trial = new Trial();
        trial.policy.on("", "1");
        trial.solve(BEAM, config(1, 1));

        assertThat(trial.policy.calls()).allMatch(call -> call.request().blankSteps());
    }
}
