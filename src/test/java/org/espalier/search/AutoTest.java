package org.espalier.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.espalier.search.SearchMethod.AUTO;
import static org.espalier.search.SearchMethod.BEAM;
import static org.espalier.search.SearchMethod.BEST_OF_N;
import static org.espalier.search.SearchMethod.DVTS;
import static org.espalier.search.SearchMethod.MAJORITY;

import java.util.List;
import org.espalier.model.SamplingParams;
import org.espalier.model.UsageException;
import org.espalier.search.AutoPlan.Bin;
import org.espalier.testing.EventLoop;
import org.espalier.testing.FakePrm;
import org.junit.jupiter.api.Test;

class AutoTest {
    private static final AutoPlan BY_DIFFICULTY =
            new AutoPlan(List.of(new Bin(.3, DVTS), new Bin(.6, BEST_OF_N), new Bin(1, DVTS)), .7);

    private static SearchConfig.Builder config(AutoPlan plan) {
        return SearchConfig.builder().n(8).beamWidth(4).plan(plan);
    }

    /** 1 : 0 at full weight stays ahead of two more with 5/6. */
    @Test
    void greedyAnswerThatThePrmIsSureOfIsKept() {
        Trial trial = new Trial().scores("a|", 1.0, "a|1", 1.0);
        trial.policy.on("", "a|").on("a|", "1");
        Solution solution = trial.solve(AUTO, config(AutoPlan.DEFAULT));

        assertThat(Trial.completions(solution)).containsExactly("a|1");
        assertThat(trial.policy.calls())
                .hasSize(2)
                .allMatch(call -> call.request().sampling().equals(SamplingParams.GREEDY));
        assertThat(solution.settled()).isTrue();
    }

    /** One of the first four is right, whatever its score, and the others are refuted: that is enough. */
    @Test
    void whatAVerifierHasProvedEndsTheSearch() {
        Trial trial = new Trial().scores("1", 0.0, "2", 0.0, "3", .2);
        trial.prm.proving();
        trial.policy.greedily("", "1").on("", "2", "2", "3", "2", "3", "3", "3", "3");
        Solution solution = trial.solve(AUTO, config(AutoPlan.DEFAULT));

        assertThat(Trial.completions(solution)).containsExactly("3");
        assertThat(solution.settled()).isTrue();
        assertThat(solution.confidence().level()).isEqualTo(Confidence.Level.HIGH);
        assertThat(solution.confidence().proved()).isTrue();
        assertThat(solution.warnings()).isEmpty();
    }

    @Test
    void answerIsKeptUnlessALaterOneOutweighsIt() {
        for (double later : new double[] {.1, .9}) {
            Trial trial = new Trial();
            trial.policy.greedily("", "1").on("", "2", "2", "2", "2", "2", "2", "2", "2");
            trial.scores("1", .85, "2", later);
            Solution solution = trial.solve(AUTO, config(AutoPlan.DEFAULT).stopAt(1.0));

            assertThat(solution.ballots()).hasSize(9);
            assertThat(Trial.answer(solution)).isEqualTo(later < .85 / 8 ? "1" : "2");
        }
    }

    @Test
    void planNamesTheMethodForTheDifficulty() {
        assertThat(BY_DIFFICULTY.methodAt(0)).isEqualTo(DVTS);
        assertThat(BY_DIFFICULTY.methodAt(.3)).isEqualTo(DVTS);
        assertThat(BY_DIFFICULTY.methodAt(.31)).isEqualTo(BEST_OF_N);
        assertThat(BY_DIFFICULTY.methodAt(1)).isEqualTo(DVTS);
        assertThat(BY_DIFFICULTY.methodAt(Double.NaN)).isEqualTo(DVTS);
    }

    /** A step of dvts has a limit of its own. */
    @Test
    void methodIsTheOneForTheGreedyScore() {
        for (double score : new double[] {.2, .5}) {
            Trial trial = new Trial();
            trial.policy.greedily("", "1").on("", "2", "3", "4", "5", "6", "7", "8", "9");
            trial.prm = new FakePrm(trial.loop, path -> path.equals("1") ? score : .1);
            trial.solve(AUTO, config(BY_DIFFICULTY).stopAt(1.0).stepTokens(7));

            assertThat(trial.judged()).hasSize(9);
            assertThat(trial.policy.calls().get(1).request().maxTokens()).isEqualTo(score == .2 ? 7 : 2048);
        }
    }

    /** What auto adds to the greedy completion is what the planned method would draw. */
    @Test
    void samplesAreThoseOfThePlannedMethod() {
        for (long seed = 0; seed < 30; seed++) {
            SearchConfig.Builder config =
                    SearchConfig.builder().seed(seed).n(8).beamWidth(2).stopAt(1.0);
            List<Ballot> dvts = RandomTreesTest.run(DVTS, config, EventLoop.shuffled(seed))
                    .solution()
                    .ballots();
            List<Ballot> auto = RandomTreesTest.run(AUTO, config, EventLoop.shuffled(seed))
                    .solution()
                    .ballots();
            assertThat(auto.get(0).index()).isEqualTo(8);
            assertThat(auto.stream().skip(1).map(Ballot::completion))
                    .as("seed %d", seed)
                    .containsExactlyElementsOf(
                            dvts.stream().map(Ballot::completion).toList());
        }
    }

    @Test
    void refusesPlansThatMakeNoSense() {
        assertThatThrownBy(() -> new Bin(1, BEAM)).isInstanceOf(UsageException.class);
        assertThatThrownBy(() -> new Bin(1, MAJORITY)).isInstanceOf(UsageException.class);
        assertThatThrownBy(() -> new Bin(1.1, DVTS)).isInstanceOf(UsageException.class);
        assertThatThrownBy(() -> new AutoPlan(List.of(), .5)).isInstanceOf(UsageException.class);
        assertThatThrownBy(() -> new AutoPlan(List.of(new Bin(.5, DVTS)), .5)).isInstanceOf(UsageException.class);
        assertThatThrownBy(() -> new AutoPlan(List.of(new Bin(.5, DVTS), new Bin(.5, DVTS), new Bin(1, DVTS)), .5))
                .isInstanceOf(UsageException.class);
        assertThatThrownBy(() -> new AutoPlan(List.of(new Bin(1, DVTS)), 0)).isInstanceOf(UsageException.class);
    }
}
