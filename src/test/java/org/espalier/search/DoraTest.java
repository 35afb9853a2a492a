package org.espalier.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.espalier.search.SearchMethod.DORA;

import org.junit.jupiter.api.Test;

class DoraTest {
    private static SearchConfig.Builder config(int n) {
        return SearchConfig.builder().n(n);
    }

    /** Equal scores: two directions, two steps for each, though three of four candidates are in one. */
    @Test
    void directionGetsNoMoreStepsForBeingSaidOften() {
        Trial trial = new Trial();
        trial.policy.on("", "a|", "b|", "a|", "a|").on("a|", "1", "2").on("b|", "3", "4");
        trial.solve(DORA, config(4));

        assertThat(trial.extended()).containsExactly("", "", "", "", "a|", "a|", "b|", "b|");
    }

    /** "x y" and "y x" are one direction of ½ + ½, "z" and its twin another one of 1. */
    @Test
    void sameWordsInAnotherOrderAreTheSameDirection() {
        Trial trial = new Trial();
        trial.policy
                .on("", "x y|", "y x|", "z|", "z|")
                .on("x y|", "1")
                .on("y x|", "2")
                .on("z|", "3", "4");
        trial.solve(DORA, config(4));

        assertThat(trial.extended()).containsExactly("", "", "", "", "x y|", "y x|", "z|", "z|");
    }

    /**
     * T_b = .1: e^0, e^-1 and e^-2 = 1, .368 and .135, in sum 1.503. Of 3 steps that is 1.996, .734 and .270: rounded down 1,
     * 0 and 0, and the two that are left go to the remainders .996 and .734.
     */
    @Test
    void directionsShareByTheirScores() {
        Trial trial = new Trial();
        trial.policy.on("", "a|", "b|", "c|").on("a|", "1", "2").on("b|", "3");
        trial.scores("a|", .8, "b|", .7, "c|", .6, "a|1", .5, "a|2", .4, "b|3", .9);
        Solution solution = trial.solve(DORA, config(3));

        assertThat(trial.extended()).containsExactly("", "", "", "a|", "a|", "b|");
        assertThat(Trial.answer(solution)).isEqualTo("3");
    }
}
