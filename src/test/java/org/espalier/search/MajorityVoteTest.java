package org.espalier.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.espalier.search.SearchMethod.MAJORITY;

import org.junit.jupiter.api.Test;

class MajorityVoteTest {
    private static Solution vote() {
        Trial trial = new Trial();
        trial.policy.on("", "a|", "2", "b|", "3", "2").on("a|", "1").on("b|", "1");
        return trial.solve(MAJORITY, SearchConfig.builder().n(5));
    }

    @Test
    void mostFrequentAnswerWinsAndTiesGoToTheFirstSeen() {
        Solution solution = vote();

        assertThat(Trial.answer(solution)).isEqualTo("1");
        assertThat(solution.votes())
                .extracting(Vote::answer, Vote::count, Vote::weight)
                .containsExactly(tuple("1", 2, 0.0), tuple("2", 2, 0.0), tuple("3", 1, 0.0));
        assertThat(solution.agreement()).isEqualTo(.4);
    }

    @Test
    void samplesWholeCompletionsWithoutAskingThePrm() {
        Trial trial = new Trial();
        trial.policy.on("", "a|").on("a|", "1");
        Solution solution =
                trial.solve(MAJORITY, SearchConfig.builder().n(1).maxTokens(9).stepTokens(1));

        assertThat(trial.policy.calls()).hasSize(1);
        assertThat(trial.policy.calls().get(0).request().delimiter()).isNull();
        assertThat(trial.policy.calls().get(0).request().maxTokens()).isEqualTo(9);
        assertThat(trial.prm.opened()).isZero();
        assertThat(solution.completions().get(0).stepScores()).isEmpty();
        assertThat(solution.completions().get(0).score()).isNaN();
    }

    /** The first one says 1, the first two 1 and 2, … */
    @Test
    void answerAtKIsTheVoteOfTheFirstK() {
        Solution solution = vote();

        assertThat(solution.answerAt(1, Selection.MAJORITY).orElseThrow().text())
                .isEqualTo("1");
        assertThat(solution.answerAt(2, Selection.MAJORITY).orElseThrow().text())
                .isEqualTo("1");
        assertThat(solution.answerAt(5, Selection.WEIGHTED).orElseThrow().text())
                .isEqualTo("1");
    }
}
