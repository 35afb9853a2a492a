package org.espalier.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assertions.within;
import static org.espalier.search.SearchMethod.BEAM;
import static org.espalier.search.SearchMethod.BEST_OF_N;
import static org.espalier.testing.ScriptedPolicy.ending;

import java.util.Objects;
import org.espalier.model.StopReason;
import org.espalier.search.SearchNode.Fate;
import org.espalier.testing.EventLoop;
import org.espalier.testing.FakePrm;
import org.junit.jupiter.api.Test;

/** Beam search with strict semantics. */
class BeamSearchTest {
    /**
     * N = 4, M = 2. Scores in parentheses, * kept, ! finished.
     *
     * <pre>
     * a .9* ── 1 .8!
     *      └── e .3
     * b .2
     * c .7* ── f .6* ── 2 .55!
     *      └── 2 .5!  └─ 3 .1!
     * d .4
     * </pre>
     */
    private static Trial tree(EventLoop loop) {
        Trial trial = new Trial(loop);
        trial.policy
                .on("", "a|", "b|", "c|", "d|")
                .on("a|", "1", "e|")
                .on("c|", "f|", "2")
                .on("c|f|", "2", "3");
        return trial.scores(
                "a|", .9, "b|", .2, "c|", .7, "d|", .4, //
                "a|1", .8, "a|e|", .3, "c|f|", .6, "c|2", .5, //
                "c|f|2", .55, "c|f|3", .1);
    }

    private static SearchConfig.Builder config(int n, int beamWidth) {
        return SearchConfig.builder().n(n).beamWidth(beamWidth);
    }

    @Test
    void keepsTheBestAndExtendsAsManyAsCompletionsAreMissing() {
        Trial trial = tree(EventLoop.inOrder());
        Solution solution = trial.solve(BEAM, config(4, 2));

        assertThat(trial.extended()).containsExactly("", "", "", "", "a|", "c|", "a|", "c|", "c|f|", "c|f|");
        assertThat(trial.judged())
                .containsExactly("a|", "b|", "c|", "d|", "a|1", "c|f|", "a|e|", "c|2", "c|f|2", "c|f|3");
        assertThat(Trial.paths(solution, Fate.KEPT)).containsExactly("a|", "c|", "c|f|");
        assertThat(Trial.paths(solution, Fate.PRUNED)).containsExactly("b|", "d|", "a|e|");
        assertThat(Trial.completions(solution)).containsExactly("a|1", "c|2", "c|f|2", "c|f|3");
        assertThat(Trial.scores(solution)).containsExactly(.8, .5, .55, .1);
        assertThat(solution.completions().get(2).stepScores()).containsExactly(.7, .6, .55);
    }

    @Test
    void finishedCompletionsVoteByWeight() {
        Solution solution = tree(EventLoop.inOrder()).solve(BEAM, config(4, 2));

        assertThat(solution.votes())
                .extracting(Vote::answer, Vote::count, Vote::weight)
                .containsExactly(tuple("2", 2, 1.05), tuple("1", 1, .8), tuple("3", 1, .1));
        assertThat(Trial.answer(solution)).isEqualTo("2");
        assertThat(solution.selected()).isEqualTo(solution.completions().get(2));
        assertThat(solution.agreement()).isCloseTo(1.05 / 1.95, within(1e-9));
        assertThat(solution.stoppedBy()).isNull();
    }

    @Test
    void countsEveryToken() {
        Usage usage = tree(EventLoop.inOrder()).solve(BEAM, config(4, 2)).usage();

        assertThat(usage.promptTokens()).isEqualTo(4);
        assertThat(usage.sharedTokens()).as("the prompt, a|, c| and f|").isEqualTo(4 + 3);
        assertThat(usage.policyTokens()).isEqualTo(10);
        assertThat(usage.committedTokens()).as("a 1 c 2 f 2 3").isEqualTo(7);
        assertThat(usage.discardedTokens()).as("b d e").isEqualTo(3);
        assertThat(usage.duplicatedTokens()).isZero();
        assertThat(usage.prmTokensUnique()).isEqualTo(10);
    }

    @Test
    void answersInAnyOrderGiveTheSameTree() {
        Solution expected = tree(EventLoop.inOrder()).solve(BEAM, config(4, 2));
        for (long seed = 0; seed < 50; seed++) {
            Solution solution = tree(EventLoop.shuffled(seed)).solve(BEAM, config(4, 2));
            assertThat(solution.ballots()).as("seed %d", seed).isEqualTo(expected.ballots());
            assertThat(solution.votes()).isEqualTo(expected.votes());
        }
        assertThat(tree(EventLoop.lastFirst()).solve(BEAM, config(4, 2)).ballots())
                .isEqualTo(expected.ballots());
    }

    @Test
    void firstChildContinuesItsParentsStreamAndOthersGetTheirOwn() {
        Solution solution = tree(EventLoop.inOrder()).solve(BEAM, config(4, 2));

        SearchTree tree = solution.tree();
        assertThat(tree.root().seed()).isEqualTo(Seeds.root(42, "p"));
        for (SearchNode node : tree.nodes().subList(1, tree.nodes().size())) {
            long parent = Objects.requireNonNull(node.parent()).seed();
            assertThat(node.seed()).isEqualTo(Seeds.child(parent, node.childIndex(), node.depth()));
        }
        assertThat(tree.nodes().stream().map(SearchNode::seed).distinct()).hasSize(4 + 2 + 1);
    }

    @Test
    void candidateIsJudgedAsSoonAsItIsWritten() {
        Trial trial = tree(EventLoop.inOrder());
        trial.loop.hold("b\n\n"::equals);
        var solution = trial.start(BEAM, config(4, 2));
        trial.loop.run();

        assertThat(trial.judged()).containsExactly("a|", "c|", "d|");
        assertThat(trial.extended()).hasSize(4);
        trial.loop.hold(about -> false);
        assertThat(trial.loop.await(solution).completions()).hasSize(4);
    }

    @Test
    void handlesAreClosedAsSoonAsTheyAreNotNeeded() {
        Trial trial = tree(EventLoop.inOrder());
        trial.loop.hold(about -> about.startsWith("c\n\nf\n\n") && !about.endsWith("\n\n"));
        var solution = trial.start(BEAM, config(4, 2));
        trial.loop.run();

        assertThat(trial.policy.open()).as("children in flight need no prefix").isEmpty();
        assertThat(trial.prm.open()).containsExactly("c\n\nf\n\n");
        trial.loop.hold(about -> false);
        trial.check(trial.loop.await(solution));
    }

    @Test
    void tellsWhatHappensInItsOrder() {
        Trial trial = tree(EventLoop.inOrder());
        trial.solve(BEAM, config(4, 2));

        assertThat(trial.events.subList(8, 12)).containsExactly("pruned b|", "pruned d|", "kept a|", "kept c|");
        assertThat(trial.events.subList(12, 16))
                .containsExactly("proposed a|1", "proposed c|f|", "proposed a|e|", "proposed c|2");
        assertThat(trial.events)
                .containsSubsequence("completed a|1", "completed c|2", "pruned a|e|", "kept c|f|", "completed c|f|3");
    }

    /** n = 3, M = 3: a .9* then 1 .2!, 2 .1!, b .9*: one open path is left, so one more candidate and not three. */
    @Test
    void stopsAtNCompletions() {
        Trial trial = new Trial();
        trial.policy.on("", "a|", "z|", "y|").on("a|", "1", "2", "b|").on("a|b|", "3");
        trial.scores("a|", .9, "z|", .2, "y|", .1, "a|1", .2, "a|2", .1, "a|b|", .9, "a|b|3", .9);
        Solution solution = trial.solve(BEAM, config(3, 3));

        assertThat(Trial.completions(solution)).containsExactly("a|1", "a|2", "a|b|3");
        assertThat(trial.policy.calls()).hasSize(7);
    }

    /** n = 6, M = 4: ⌈6/4⌉ = 2 beams are kept, with three children each. */
    @Test
    void keepsEnoughBeamsThatNoneHasMoreThanMChildren() {
        Trial trial = new Trial();
        trial.policy
                .on("", "a|", "b|", "c|", "d|", "e|", "f|")
                .on("b|", "1", "2", "3")
                .on("e|", "4", "5", "6");
        trial.prm = new FakePrm(trial.loop, path -> path.startsWith("b") || path.startsWith("e") ? .9 : .1);
        Solution solution = trial.solve(BEAM, config(6, 4));

        assertThat(Trial.completions(solution)).containsExactly("b|1", "e|4", "b|2", "e|5", "b|3", "e|6");
    }

    /** n = 2, M = 2; all scores are equal. */
    @Test
    void tiesGoToTheFirstCandidate() {
        Trial trial = new Trial();
        trial.policy.on("", "a|", "b|").on("a|", "1", "2");
        Solution solution = trial.solve(BEAM, config(2, 2));

        assertThat(Trial.paths(solution, Fate.PRUNED)).containsExactly("b|");
        assertThat(Trial.answer(solution)).isEqualTo("1");
    }

    /** n = 3: the first path runs into the context's end, the second into a token limit. */
    @Test
    void pathThatALimitEndedUsesUpItsPlaceAndDoesNotVote() {
        Trial trial = new Trial();
        trial.policy.on("", ending("8", StopReason.CONTEXT), "x y z 8", "a|").on("a|", "7");
        trial.prm = new FakePrm(trial.loop, path -> path.contains("8") ? .9 : .1);
        Solution solution = trial.solve(BEAM, config(3, 1).maxTokens(3));

        assertThat(Trial.completions(solution)).containsExactly("8", "x y z ", "a|7");
        assertThat(solution.completions()).extracting("finished").containsExactly(false, false, true);
        assertThat(Trial.paths(solution, Fate.ABANDONED)).containsExactly("8", "x y z ");
        assertThat(solution.votes()).extracting(Vote::answer).containsExactly("7");
        assertThat(solution.stoppedBy()).isNull();
    }

    @Test
    void maxTokensHoldAlongThePath() {
        Trial trial = new Trial();
        trial.policy.on("", "a a a|").on("a a a|", "b b|").on("a a a|b b|", "c c c");
        trial.solve(BEAM, config(1, 1).maxTokens(7));

        assertThat(trial.policy.calls())
                .extracting(call -> call.request().maxTokens())
                .containsExactly(7, 4, 2);
    }

    /** The delimiter comes with the last token that the path may have: nothing is left to ask for. */
    @Test
    void pathWithoutTokensLeftEndsUnfinished() {
        Trial trial = new Trial();
        trial.policy.on("", "a a|");
        Solution solution = trial.solve(BEAM, config(1, 1).maxTokens(2));

        assertThat(Trial.paths(solution, Fate.ABANDONED)).containsExactly("a a|");
        assertThat(solution.answer()).isNull();
    }

    @Test
    void stepThatIsCutGoesOnAsTheNextStep() {
        Trial trial = new Trial();
        trial.policy.on("", "a b c|").on("a b ", "c|").on("a b c|", "1");
        Solution solution = trial.solve(BEAM, config(1, 1).stepTokens(2));

        assertThat(Trial.completions(solution)).containsExactly("a b c|1");
        assertThat(trial.judged()).containsExactly("a b ", "a b c|", "a b c|1");
    }

    /** maxIterations = 2: a and b are kept and run to the end, step by step, without pruning. */
    @Test
    void lastIterationRunsToTheEndAndJudgesEachStep() {
        Trial trial = new Trial();
        trial.policy
                .on("", "a|", "b|")
                .on("a|", "c|")
                .on("a|c|", "1")
                .on("b|", "d|")
                .on("b|d|", "e|")
                .on("b|d|e|", "2");
        Solution solution = trial.solve(BEAM, config(2, 1).maxIterations(2));

        assertThat(Trial.completions(solution)).containsExactly("a|c|1", "b|d|e|2");
        assertThat(trial.judged()).contains("b|d|", "b|d|e|", "b|d|e|2");
        assertThat(solution.completions().get(1).stepScores()).hasSize(4);
        assertThat(Trial.paths(solution, Fate.KEPT)).containsExactly("a|", "b|", "a|c|", "b|d|", "b|d|e|");
    }

    @Test
    void oneIterationIsBestOfN() {
        SearchConfig.Builder config = config(8, 4).maxIterations(1);
        RandomTreesTest.Run beam = RandomTreesTest.run(BEAM, config, EventLoop.inOrder());
        RandomTreesTest.Run bestOfN = RandomTreesTest.run(BEST_OF_N, config, EventLoop.shuffled(1));

        assertThat(beam.solution().completions()).isEqualTo(bestOfN.solution().completions());
    }

    /** n = 4, M = 2: a .5, a .5, b .4, c .3; the second a is dropped before the best two are chosen. */
    @Test
    void filterDuplicatesDropsAllButTheFirst() {
        Trial trial = new Trial();
        trial.policy.on("", "a|", "a|", "b|", "c|").on("a|", "1", "2").on("b|", "3", "4");
        trial.prm = new FakePrm(trial.loop, path -> path.startsWith("a") ? .5 : path.startsWith("b") ? .4 : .3);
        Solution solution = trial.solve(BEAM, config(4, 2).filterDuplicates(true));

        assertThat(Trial.paths(solution, Fate.PRUNED)).containsExactly("a|", "c|");
        assertThat(Trial.completions(solution)).containsExactly("a|1", "b|3", "a|2", "b|4");
        assertThat(solution.usage().duplicatedTokens()).isEqualTo(1);
    }

    @Test
    void sortCompletedOrdersByScore() {
        Solution solution = tree(EventLoop.inOrder()).solve(BEAM, config(4, 2).sortCompleted(true));

        assertThat(Trial.completions(solution)).containsExactly("a|1", "c|f|2", "c|2", "c|f|3");
        assertThat(solution.ballots()).extracting(Ballot::index).containsExactly(0, 1, 2, 3);
    }

    /** The policy ends its turn right after a delimiter. */
    @Test
    void emptyLastStepIsNotJudged() {
        Trial trial = new Trial();
        trial.policy.on("", "1|").on("1|", "");
        Solution solution = trial.scores("1|", .6).solve(BEAM, config(1, 1));

        assertThat(trial.judged()).containsExactly("1|");
        assertThat(solution.completions().get(0).stepScores()).containsExactly(.6);
        assertThat(solution.completions().get(0).finished()).isTrue();
    }

    @Test
    void asksForStepsThatHoldText() {
        Trial trial = tree(EventLoop.inOrder());
        trial.solve(BEAM, config(4, 2));

        assertThat(trial.policy.calls())
                .allMatch(call -> !call.request().blankSteps()
                        && "\n\n".equals(call.request().delimiter()));
    }

    /** n = 2, M = 2, lookahead 1: a is better by itself, b by what follows it. */
    @Test
    void lookaheadDecides() {
        Trial trial = new Trial();
        trial.policy
                .on("", "a|", "b|")
                .greedily("a|", "bad|")
                .greedily("b|", "good|")
                .on("b|", "1", "2");
        trial.scores("a|", .6, "b|", .5, "a|bad|", .1, "b|good|", .9, "b|1", .5, "b|2", .5);
        Solution solution = trial.solve(BEAM, config(2, 2).lookahead(1));

        assertThat(Trial.completions(solution)).containsExactly("b|1", "b|2");
        assertThat(Trial.paths(solution, Fate.PRUNED)).containsExactly("a|");
    }

    /**
     * n = 4, M = 2. With LAST, a's children e and f (.9) would be kept; with MIN they are worth a's .3, and b's g and h are
     * worth .5 and .4.
     */
    @Test
    void aggregationDecides() {
        Trial trial = new Trial();
        trial.policy
                .on("", "a|", "b|", "c|", "d|")
                .on("a|", "e|", "f|")
                .on("b|", "g|", "h|")
                .on("b|g|", "1", "2")
                .on("b|h|", "3", "4");
        trial.scores(
                "a|", .3, "b|", .6, "c|", .1, "d|", .1, //
                "a|e|", .9, "a|f|", .9, "b|g|", .5, "b|h|", .4, //
                "b|g|1", .7, "b|g|2", .7, "b|h|3", .7, "b|h|4", .3);
        Solution solution = trial.solve(BEAM, config(4, 2).aggregation(ScoreAggregation.MIN));

        assertThat(Trial.paths(solution, Fate.PRUNED)).containsExactly("c|", "d|", "a|e|", "a|f|");
        assertThat(Trial.scores(solution)).containsExactly(.5, .4, .5, .3);
    }
}
