package org.espalier.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.espalier.search.SearchMethod.DVTS;

import java.util.List;
import org.espalier.model.Completion;
import org.espalier.search.SearchNode.Fate;
import org.espalier.search.Semantics.Quirk;
import org.espalier.testing.FakePrm;
import org.junit.jupiter.api.Test;

/** DVTS as search-and-learn does it; the numbers are those of the steps in reference/search.md §1.5. */
class DvtsParityTest {
    private static SearchConfig.Builder config(int n, int beamWidth) {
        return SearchConfig.builder()
                .n(n)
                .beamWidth(beamWidth)
                .semantics(Semantics.SAL.without(Quirk.SCORE_EMPTY_STEPS));
    }

    /**
     * N = 4, M = 2.
     *
     * <pre>
     * subtree 0                 subtree 1
     * a .6* ── boxed{1} | .8*   c .2
     *      └── e | .7           3 .5*!
     * b .5
     * </pre>
     */
    private static Trial tree() {
        Trial trial = new Trial();
        trial.policy.on("", "a|", "b|", "c|", "3").on("a|", "boxed{1}|", "e|");
        return trial.scores(
                "a|",
                .6,
                "b|",
                .5,
                "c|",
                .2,
                "3",
                .5, //
                "a|boxed{1}|",
                .8,
                "a|e|",
                .7);
    }

    @Test
    void step3_endsAtAnOpenedBoxedInTheText() {
        Solution solution = tree().solve(DVTS, config(4, 2));

        assertThat(Trial.paths(solution, Fate.KEPT)).containsExactly("a|");
        assertThat(Trial.completions(solution)).startsWith("a|boxed{1}|");
    }

    @Test
    void step4_emitsAllSiblingsOfTheLastStepFinishedOrNot() {
        Solution solution = tree().solve(DVTS, config(4, 2));

        assertThat(Trial.completions(solution)).containsExactly("a|boxed{1}|", "a|e|", "c|", "3");
        assertThat(solution.completions()).extracting(Completion::finished).containsExactly(false, false, false, true);
        assertThat(solution.ballots()).allMatch(Ballot::counts);
        assertThat(solution.completions())
                .extracting(Completion::stepScores)
                .containsExactly(List.of(.6, .8), List.of(.6, .7), List.of(.2), List.of(.5));
    }

    /** e and c have no answer at all: they vote for the empty one, which wins, so that there is none. */
    @Test
    void step4_completionsWithoutAnAnswerVoteForTheEmptyOne() {
        Solution solution = tree().solve(DVTS, config(4, 2));

        assertThat(solution.votes())
                .extracting(Vote::answer, Vote::count)
                .containsExactly(tuple("", 2), tuple("1", 1), tuple("3", 1));
        assertThat(solution.answer()).isNull();
        assertThat(solution.answerAt(1, Selection.WEIGHTED).orElseThrow().text())
                .isEqualTo("1");
    }

    @Test
    void step5_predIsTheBestOfAll() {
        assertThat(tree().solve(DVTS, config(4, 2)).best().orElseThrow().text()).isEqualTo("a\n\nboxed{1}\n\n");
    }

    /** A length limit ends the subtree, as the end of turn does. */
    @Test
    void step3_endsAtTheLimit() {
        Trial trial = new Trial();
        trial.policy.on("", "a b c|", "d|");
        Solution solution =
                trial.scores("a b ", .9, "d|", .1).solve(DVTS, config(2, 2).maxTokens(2));

        assertThat(Trial.completions(solution)).containsExactly("a b ", "d|");
        assertThat(solution.completions()).extracting(Completion::finished).containsExactly(true, false);
    }

    @Test
    void step2_tiesGoToTheFirst() {
        Trial trial = new Trial();
        trial.policy.on("", "a|", "b|").on("a|", "1", "2");
        assertThat(Trial.completions(trial.solve(DVTS, config(2, 2)))).containsExactly("a|1", "a|2");
    }

    /**
     * Text and lookahead text are judged together: b wins by its lookahead. Its siblings' scores at the end include the
     * lookahead's, where there was any: 1 is finished and has none, c has.
     */
    @Test
    void step2_lookaheadIsJudgedAndReported() {
        Trial trial = new Trial();
        trial.policy
                .on("", "a|", "b|")
                .greedily("a|", "p|")
                .greedily("b|", "q|")
                .on("b|", "1", "c|")
                .greedily("b|c|", "r|");
        trial.scores(
                "a|", .9, "a|p|", .1, "b|", .2, "b|q|", .8, //
                "b|1", .7, "b|c|", .9, "b|c|r|", .3);
        Solution solution = trial.solve(DVTS, config(2, 2).lookahead(1));

        assertThat(Trial.completions(solution)).containsExactly("b|1", "b|c|");
        assertThat(solution.completions().get(0).stepScores()).containsExactly(.2, .7);
        assertThat(solution.completions().get(1).stepScores()).containsExactly(.2, .9, .3);
    }

    /** §1.8 trap (a): the lookahead text ends with the delimiter, so the empty step is behind it. */
    @Test
    void emptyStepIsJudgedBehindTheLookahead() {
        Trial trial = new Trial();
        trial.policy.on("", "a|", "boxed{2}|").greedily("a|", "p").greedily("boxed{2}|", "q|");
        trial.scores(
                "a|",
                .5,
                "a|p",
                .5, //
                "boxed{2}|",
                .5,
                "boxed{2}|q|",
                .5,
                "boxed{2}|q|" + FakePrm.EMPTY,
                .6);
        Solution solution = trial.solve(DVTS, config(2, 2).lookahead(1).semantics(Semantics.SAL));

        assertThat(solution.completions().get(0).stepScores()).containsExactly(.5, .5);
        assertThat(solution.completions().get(1).stepScores()).containsExactly(.5, .5, .6);
        assertThat(trial.judged()).doesNotContain("boxed{2}|" + FakePrm.EMPTY);
    }

    @Test
    void step1_nMustBeAMultipleOfM() {
        assertThatThrownBy(() -> tree().solve(DVTS, config(6, 4)))
                .hasMessage("dvts needs n to be a multiple of beamWidth, and 6 is not one of 4: try n 4 or n 8");
    }
}
