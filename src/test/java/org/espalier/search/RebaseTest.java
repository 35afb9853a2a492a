package org.espalier.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.espalier.search.SearchMethod.REBASE;

import org.espalier.search.SearchNode.Fate;
import org.junit.jupiter.api.Test;

class RebaseTest {
    /**
     * N = 4, temperature .2. The weights are e^0, e^-4, e^-2 and e^-1 = 1, .018, .135 and .368, in sum 1.521; of 4 steps that
     * is 2.63, .05, .36 and .97. Rounded up, the best first: 3 after a, 1 after d, and none is left.
     *
     * <pre>
     * a .9 ── 1 .5
     *      ├─ 2 .4
     *      └─ e .3 ── 4 .2      three have ended: one step
     * b .1
     * c .5
     * d .7 ── 3 .6
     * </pre>
     */
    private static Trial tree() {
        Trial trial = new Trial();
        trial.policy
                .on("", "a|", "b|", "c|", "d|")
                .on("a|", "1", "2", "e|")
                .on("d|", "3")
                .on("a|e|", "4");
        return trial.scores(
                "a|", .9, "b|", .1, "c|", .5, "d|", .7, //
                "a|1", .5, "a|2", .4, "a|e|", .3, "d|3", .6, "a|e|4", .2);
    }

    @Test
    void nextStepsAreSpreadByTheSoftmaxOfTheScores() {
        Trial trial = tree();
        Solution solution = trial.solve(REBASE, SearchConfig.builder().n(4));

        assertThat(trial.extended()).containsExactly("", "", "", "", "a|", "a|", "a|", "d|", "a|e|");
        assertThat(Trial.completions(solution)).containsExactly("a|1", "a|2", "d|3", "a|e|4");
        assertThat(Trial.paths(solution, Fate.KEPT)).containsExactly("a|", "d|", "a|e|");
        assertThat(Trial.paths(solution, Fate.PRUNED)).containsExactly("b|", "c|");
        assertThat(solution.usage().discardedTokens()).as("b c").isEqualTo(2);
        assertThat(Trial.answer(solution)).isEqualTo("3");
    }

    /** With temperature 100: 2 of 4 after a, whose share is 1.003; then 1 each after d and c, which is as much as is left. */
    @Test
    void temperatureFlattensTheShares() {
        Trial trial = tree();
        trial.policy.on("a|", "1", "2").on("c|", "4").on("d|", "3");
        trial.scores(
                "a|", .9, "b|", .1, "c|", .5, "d|", .7, //
                "a|1", .5, "a|2", .4, "c|4", .2, "d|3", .6);
        trial.solve(REBASE, SearchConfig.builder().n(4).params(new MethodParams(100.0, .5, 1, 4, null, false, false)));

        assertThat(trial.extended()).containsExactly("", "", "", "", "a|", "a|", "c|", "d|");
    }
}
