package org.espalier.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.espalier.search.SearchMethod.REBASE;
import static org.espalier.testing.ScriptedPolicy.ending;

import org.espalier.model.StopReason;
import org.espalier.search.SearchNode.Fate;
import org.espalier.testing.FakePrm;
import org.junit.jupiter.api.Test;

class FrontierTest {
    private static SearchConfig.Builder config(int n) {
        return SearchConfig.builder().n(n);
    }

    /** One of three paths is finished, one is at the context's end: one step is left, after the third. */
    @Test
    void pathsThatEndTakeTheirPlaceWithThem() {
        Trial trial = new Trial();
        trial.policy.on("", "1", ending("b", StopReason.CONTEXT), "c|").on("c|", "2");
        Solution solution = trial.solve(REBASE, config(3));

        assertThat(Trial.completions(solution)).containsExactly("1", "b", "c|2");
        assertThat(solution.ballots())
                .extracting(Ballot::index, Ballot::counts)
                .containsExactly(tuple(0, true), tuple(1, false), tuple(2, true));
        assertThat(Trial.paths(solution, Fate.ABANDONED)).containsExactly("b");
    }

    /** Three of four candidates say the same: the first one is extended for all three. */
    @Test
    void oneOfTwinsIsExtendedForAll() {
        Trial trial = new Trial();
        trial.policy.on("", "a|", "b|", "a |", "a|").on("a|", "1", "2", "3").on("b|", "4");
        Solution solution = trial.solve(REBASE, config(4));

        assertThat(Trial.completions(solution)).containsExactly("a|1", "a|2", "a|3", "b|4");
        assertThat(trial.extended()).containsExactly("", "", "", "", "a|", "a|", "a|", "b|");
        assertThat(Trial.paths(solution, Fate.PRUNED)).containsExactly("a |", "a|");
        assertThat(Trial.paths(solution, Fate.KEPT)).containsExactly("a|", "b|");
    }

    @Test
    void lastIterationRunsToTheEnd() {
        Trial trial = new Trial();
        trial.policy.on("", "a|", "b|").on("a|", "c|", "d|").on("a|c|", "1").on("a|d|", "2");
        trial.prm = new FakePrm(trial.loop, path -> path.startsWith("a") ? .99 : .01);
        Solution solution = trial.solve(REBASE, config(2).maxIterations(2));

        assertThat(Trial.completions(solution)).containsExactly("a|c|1", "a|d|2");
    }
}
