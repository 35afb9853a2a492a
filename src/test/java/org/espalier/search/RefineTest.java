package org.espalier.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.espalier.search.SearchMethod.REFINE;
import static org.espalier.testing.FakePolicy.asked;

import org.espalier.search.SearchNode.Fate;
import org.junit.jupiter.api.Test;

/** In the paths that the policy extends, ?…! is a question; the PRM and the solution know only what follows the last. */
class RefineTest {
    private static final String CRITIQUE = asked(Refine.CRITIQUE);
    private static final String REVISION = asked(Refine.REVISION);

    private static SearchConfig.Builder config(int n, int revisions) {
        return SearchConfig.builder().n(n).params(new MethodParams(null, .5, 1, revisions, null, false, false));
    }

    /** a | 1 is criticised and becomes b | 2. */
    private static Trial chain(double first, double second) {
        Trial trial = new Trial();
        trial.policy
                .on("", "a|")
                .on("a|", "1")
                .on(CRITIQUE, "step 1 is wrong")
                .on(REVISION, "b|")
                .on(REVISION + "b|", "2");
        return trial.scores("a|", .5, "a|1", first, "b|", .5, "b|2", second);
    }

    @Test
    void betterRevisionTakesThePlaceOfTheSolution() {
        Trial trial = chain(.3, .8);
        Solution solution = trial.solve(REFINE, config(2, 2));

        assertThat(trial.extended())
                .containsExactly(
                        "",
                        "a|",
                        "a|1" + CRITIQUE,
                        "a|1" + CRITIQUE + "step 1 is wrong" + REVISION,
                        "a|1" + CRITIQUE + "step 1 is wrong" + REVISION + "b|");
        assertThat(trial.judged()).containsExactly("a|", "a|1", "b|", "b|2");
        assertThat(Trial.completions(solution)).containsExactly("b|2");
        assertThat(solution.completions().get(0).stepScores()).containsExactly(.5, .8);
        assertThat(solution.completions().get(0).tokens()).isEqualTo(2);
        assertThat(solution.usage().policyTokens())
                .as("a 1, four of the critique, b 2")
                .isEqualTo(8);
        assertThat(solution.usage().discardedTokens()).isZero();
        assertThat(Trial.answer(solution)).isEqualTo("2");
    }

    @Test
    void worseRevisionIsDropped() {
        Solution solution = chain(.8, .3).solve(REFINE, config(2, 2));

        assertThat(Trial.completions(solution)).containsExactly("a|1");
        assertThat(Trial.paths(solution, Fate.PRUNED)).containsExactly("b|2");
        assertThat(solution.usage().discardedTokens()).isEqualTo(6);
    }

    /** The second critique is of a | 1 again, not of b | 2, and finds nothing. */
    @Test
    void bestAttemptIsTheOneThatIsCriticised() {
        Trial trial = chain(.8, .3);
        trial.policy.on(CRITIQUE, "step 1 is wrong");
        Solution solution = trial.solve(REFINE, config(3, 3).maxTokens(4));

        assertThat(trial.extended())
                .filteredOn(path -> path.endsWith(CRITIQUE))
                .hasSize(2)
                .allMatch(("a|1" + CRITIQUE)::equals);
        assertThat(Trial.completions(solution)).containsExactly("a|1");
    }

    @Test
    void chainEndsWhenThePolicyIsContent() {
        Trial trial = chain(.3, .8);
        trial.policy.on(CRITIQUE, "Correct.");
        Solution solution = trial.solve(REFINE, config(4, 4));

        assertThat(Trial.completions(solution)).containsExactly("a|1");
        assertThat(trial.policy.calls()).hasSize(3);
        assertThat(Trial.paths(solution, Fate.PRUNED)).containsExactly("Correct.");
    }

    /** Five attempts in chains of two: two of two and one of one. */
    @Test
    void attemptsAreDividedIntoChains() {
        Trial trial = chain(.3, .8);
        trial.policy.on("", "a|", "1", "2");
        Solution solution = trial.scores("a|", .5, "a|1", .3, "b|", .5, "b|2", .8, "1", .9, "2", .9)
                .solve(REFINE, config(5, 2));

        assertThat(Trial.completions(solution)).containsExactly("b|2", "1", "2");
        assertThat(solution.ballots())
                .extracting(Ballot::index, Ballot::counts)
                .containsExactly(tuple(0, true), tuple(2, true), tuple(4, true));
    }

    @Test
    void fullContextEndsTheChain() {
        Trial trial = chain(.3, .8);
        trial.policy.context(10);
        assertThat(Trial.completions(trial.solve(REFINE, config(2, 2)))).containsExactly("a|1");
        assertThat(trial.policy.calls()).hasSize(2);
    }
}
