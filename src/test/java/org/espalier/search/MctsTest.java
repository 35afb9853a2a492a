package org.espalier.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.espalier.search.SearchMethod.MCTS;

import org.espalier.search.SearchNode.Fate;
import org.junit.jupiter.api.Test;

class MctsTest {
    /**
     * N = 4, M = 2, c = 1. The root's four samples say a twice: P is ½, ¼ and ¼.
     *
     * <pre>
     * a .9 (twice) ── 1 .8
     *              └─ e .7 ── 4 .6
     * b .5 ── 2 .3
     *      └─ 3 .2
     * c .1
     * </pre>
     *
     * Second round, four missing, two descents. N = 4, √N = 2: a has 1.8 / 2 + ½ · 2 / 3 = 1.23, b .5 + ¼ · 2 / 2 = .75. With
     * two on their way to a, √N = 2.45: a has 1.8 / 4 + ½ · 2.45 / 5 = .69, b .5 + ¼ · 2.45 / 2 = .81: the other one goes to b.
     *
     * <p>Third round, one missing. N = 8, √N = 2.83: a has 3.3 / 4 + ½ · 2.83 / 5 = 1.11, b 1 / 3 + ¼ · 2.83 / 4 = .51. Below a
     * there is only e.
     */
    @Test
    void descendsToTheGreatestUpperBound() {
        Trial trial = new Trial();
        trial.policy
                .on("", "a|", "b|", "a|", "c|")
                .on("a|", "1", "e|")
                .on("b|", "2", "3")
                .on("a|e|", "4");
        trial.scores(
                "a|", .9, "b|", .5, "c|", .1, //
                "a|1", .8, "a|e|", .7, "b|2", .3, "b|3", .2, "a|e|4", .6);
        Solution solution = trial.solve(MCTS, SearchConfig.builder().n(4).beamWidth(2));

        assertThat(trial.extended()).containsExactly("", "", "", "", "a|", "a|", "b|", "b|", "a|e|");
        assertThat(Trial.completions(solution)).containsExactly("a|1", "b|2", "b|3", "a|e|4");
        assertThat(Trial.paths(solution, Fate.KEPT)).containsExactly("a|", "b|", "a|e|");
        assertThat(Trial.paths(solution, Fate.PRUNED)).as("a's twin and c").containsExactly("a|", "c|");
        assertThat(Trial.answer(solution)).isEqualTo("1");
    }

    /**
     * The PRM likes b, but by little; with c = 100 the policy's choice decides: two of three say a. N = 3: a has .5 + 100 · ⅔ ·
     * 1.73 / 3 = 39, b .9 + 100 · ⅓ · 1.73 / 2 = 30.
     */
    @Test
    void explorationWeighsThePolicysChoice() {
        Trial trial = new Trial();
        trial.policy.on("", "a|", "a|", "b|").on("a|", "1", "2", "3").on("b|", "1", "2", "3");
        trial.scores(
                "a|", .5, "b|", .9, //
                "a|1", .5, "a|2", .5, "a|3", .5, "b|1", .5, "b|2", .5, "b|3", .5);
        SearchConfig.Builder config = SearchConfig.builder().n(3).beamWidth(3);
        trial.solve(MCTS, config.params(new MethodParams(null, .5, 100, 4, null, false, false)));

        assertThat(trial.extended()).containsExactly("", "", "", "a|", "a|", "a|");
    }

    /** M = 1: with four steps below it, the root may have √4 children: its second one ends the search. */
    @Test
    void nodeThatWasGoneThroughOftenIsWidened() {
        Trial trial = new Trial();
        trial.policy.on("", "a|", "1").on("a|", "b|").on("a|b|", "c|").on("a|b|c|", "d|");
        Solution solution = trial.solve(MCTS, SearchConfig.builder().n(1).beamWidth(1));

        assertThat(trial.extended()).containsExactly("", "a|", "a|b|", "a|b|c|", "");
        assertThat(Trial.completions(solution)).containsExactly("1");
        assertThat(Trial.paths(solution, Fate.PRUNED)).containsExactly("a|b|c|d|");
    }

    @Test
    void stepsAfterTheLastIterationRunToTheEnd() {
        Trial trial = new Trial();
        trial.policy.on("", "a|", "b|").on("a|", "c|", "d|").on("a|c|", "1").on("a|d|", "2");
        trial.scores(
                "a|", .9, "b|", .1, "a|c|", .9, "a|d|", .9, //
                "a|c|1", .9, "a|d|2", .9);
        Solution solution =
                trial.solve(MCTS, SearchConfig.builder().n(2).beamWidth(2).maxIterations(2));

        assertThat(Trial.completions(solution)).containsExactly("a|c|1", "a|d|2");
    }
}
