package org.espalier.search;

import static org.assertj.core.api.Assertions.assertThat;

import org.espalier.model.StopReason;
import org.espalier.model.TokenConfidence.Measure;
import org.espalier.reward.ConfidencePrm;
import org.espalier.search.SearchNode.Fate;
import org.espalier.testing.BoxedReader;
import org.junit.jupiter.api.Test;

class WarmUpTest {
    private final Trial trial = new Trial();

    /** A token's digit, if it has one, is how many nats unsure the policy is of it. */
    private void unsure() {
        trial.policy.unsure(token -> token.strip()
                .chars()
                .filter(Character::isDigit)
                .mapToDouble(digit -> digit - '0')
                .findFirst()
                .orElse(0));
    }

    private static SearchConfig.Builder config(int n, Double share, Integer warmUp) {
        return SearchConfig.builder().n(n).params(MethodParams.DEFAULT.withConfidence(share, warmUp, 2));
    }

    private Solution byConfidence(SearchMethod method, SearchConfig.Builder config, Measure measure) {
        return trial.loop.await(new Solver(trial.policy, new ConfidencePrm(measure), new BoxedReader())
                .start(Trial.PROBLEM, method, config.build(), trial.meter, trial));
    }

    @Test
    void whatTheFirstOnesWereNeverSoUnsureOfIsGivenUp() {
        unsure();
        trial.policy.on(
                "",
                "a1 a1 \\boxed{A}",
                "b2 b2 \\boxed{B}",
                "c2 c1 \\boxed{C}",
                "d1 d3 d3 d0 d0 \\boxed{D}",
                "e0 \\boxed{A}");

        Solution solution = trial.solve(SearchMethod.MAJORITY, config(5, null, 2));

        // The least that the first two were sure of is two nats for both tokens of a group.
        assertThat(Trial.paths(solution, Fate.ABANDONED)).containsExactly("d1 d3 d3 ");
        assertThat(solution.tree().nodes().get(4).stopReason()).isEqualTo(StopReason.UNSURE);
        assertThat(solution.usage().policyTokens()).isEqualTo(3 + 3 + 3 + 3 + 2);
        assertThat(Trial.answer(solution)).isEqualTo("A");
        assertThat(solution.confidence().finished()).isEqualTo(4);
    }

    @Test
    void withAShareOnlyTheBestOfTheFirstOnesSetTheFloor() {
        unsure();
        trial.policy.on("", "a1 a1 \\boxed{A}", "b2 b2 \\boxed{B}", "c2 c2 c0 \\boxed{C}", "e0 \\boxed{A}");

        Solution solution = trial.solve(SearchMethod.MAJORITY, config(4, .5, 2));

        assertThat(Trial.paths(solution, Fate.ABANDONED)).containsExactly("c2 c2 ");
    }

    @Test
    void noneIsGivenUpBeforeTheFirstOnesAreThere() {
        unsure();
        trial.policy.on("", "a1 a1 \\boxed{A}", "b9 b9 b9 \\boxed{B}");

        Solution solution = trial.solve(SearchMethod.MAJORITY, config(2, null, 8));

        assertThat(Trial.paths(solution, Fate.ABANDONED)).isEmpty();
    }

    /** The group goes on from one step to the next. */
    @Test
    void stepsOfOnePathAreOnePath() {
        unsure();
        trial.policy.on("", "a2|", "b1 b2|").on("a2|", "a2 \\boxed{A}").on("b1 b2|", "b3 b0 \\boxed{B}");

        Solution solution = trial.solve(SearchMethod.BEST_OF_N, config(2, null, 1));

        assertThat(Trial.paths(solution, Fate.ABANDONED)).containsExactly("b1 b2|b3 ");
        assertThat(Trial.answer(solution)).isEqualTo("A");
    }

    @Test
    void windowsOfAnEarlyStopShareTheFirstOnes() {
        unsure();
        trial.policy.on(
                "",
                "a1 a1 \\boxed{A}",
                "b1 b1 \\boxed{B}",
                "c1 c1 \\boxed{C}",
                "d1 d1 \\boxed{D}",
                "e3 e3 e0 \\boxed{E}",
                "f1 \\boxed{F}",
                "g1 \\boxed{G}",
                "h4 h4 h0 \\boxed{H}");

        Solution solution =
                trial.solve(SearchMethod.MAJORITY, config(8, null, 3).stopAt(.99));

        assertThat(Trial.paths(solution, Fate.ABANDONED)).containsExactly("e3 e3 ", "h4 h4 ");
    }

    @Test
    void confidenceWeighsVotes() {
        unsure();
        trial.policy.on("", "a2 a2 \\boxed{A}", "a2 a2 \\boxed{A}", "b0 b0 \\boxed{B}");

        Solution solution = byConfidence(SearchMethod.BEST_OF_N, config(3, null, null), Measure.LOWEST_ENTROPY);

        // exp(-2) twice against 1.
        assertThat(Trial.answer(solution)).isEqualTo("B");
        assertThat(Trial.scores(solution)).containsExactly(Math.exp(-2), Math.exp(-2), 1.0);
        assertThat(solution.chosenBy()).isEqualTo(ChosenBy.WEIGHTED);
        assertThat(solution.confidence().belief()).as("confidence is no belief").isNull();
        assertThat(Trial.answer(trialOf("\\boxed{A}")
                        .byConfidence(
                                SearchMethod.BEST_OF_N,
                                config(3, null, null).selection(Selection.MAJORITY),
                                Measure.MEAN_ENTROPY)))
                .isEqualTo("A");
    }

    private static WarmUpTest trialOf(String answer) {
        WarmUpTest test = new WarmUpTest();
        test.unsure();
        test.trial.policy.on("", "a2 a2 " + answer, "a2 a2 " + answer, "b0 b0 \\boxed{B}");
        return test;
    }

    @Test
    void autoMayBeJudgedBySomethingElse() {
        unsure();
        trial.policy.greedily("", "g1 \\boxed{G}").on("", "a0 a0 \\boxed{A}");
        Solver solver = new Solver(trial.policy, null, new BoxedReader())
                .judgingAutoBy(new ConfidencePrm(Measure.MEAN_ENTROPY));

        Solution solution = trial.loop.await(solver.start(
                Trial.PROBLEM,
                SearchMethod.AUTO,
                SearchConfig.builder().n(1).beamWidth(1).plan(AutoPlan.SAMPLES).build(),
                trial.meter,
                trial));

        assertThat(Trial.answer(solution)).isEqualTo("A");
        assertThat(solution.votes()).hasSize(2);
    }
}
