package org.espalier.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.espalier.search.SearchMethod.BEST_OF_N;
import static org.espalier.search.SearchMethod.MAJORITY;
import static org.espalier.testing.ScriptedPolicy.ending;

import java.util.concurrent.CompletableFuture;
import org.espalier.model.Completion;
import org.espalier.model.StopReason;
import org.espalier.search.SearchNode.Fate;
import org.espalier.testing.EventLoop;
import org.espalier.testing.FakePrm;
import org.junit.jupiter.api.Test;

class BestOfNTest {
    /** Three samples: a | b | 1 (.9 .8 .7), c | 2 (.5 .6) and 1 (.2). */
    private static Trial samples() {
        Trial trial = new Trial();
        trial.policy.on("", "a|", "c|", "1").on("a|", "b|").on("a|b|", "1").on("c|", "2");
        return trial.scores(
                "a|", .9, "a|b|", .8, "a|b|1", .7, //
                "c|", .5, "c|2", .6, "1", .2);
    }

    private static SearchConfig.Builder config(int n) {
        return SearchConfig.builder().n(n);
    }

    @Test
    void judgesEveryStepOfEverySample() {
        Solution solution = samples().solve(BEST_OF_N, config(3).selection(Selection.NAIVE));

        assertThat(Trial.completions(solution)).containsExactly("a|b|1", "c|2", "1");
        assertThat(solution.completions().get(0).stepScores()).containsExactly(.9, .8, .7);
        assertThat(Trial.scores(solution)).containsExactly(.7, .6, .2);
        assertThat(Trial.answer(solution)).isEqualTo("1");
        assertThat(Trial.paths(solution, Fate.KEPT)).containsExactly("a|", "c|", "a|b|");
        assertThat(solution.usage().discardedTokens()).isZero();
    }

    /** The PRM answers nothing at first; the samples are written to their end all the same. */
    @Test
    void writingDoesNotWaitForJudging() {
        Trial trial = samples();
        trial.prm = new FakePrm(task -> trial.loop.execute(new EventLoop.Answer("prm", task)), path -> .5);
        trial.loop.hold("prm"::equals);
        CompletableFuture<Solution> solution = trial.start(BEST_OF_N, config(3));
        trial.loop.run();

        assertThat(trial.events).contains("proposed a|b|1", "proposed c|2");
        assertThat(trial.judged()).containsExactly("a|", "c|", "1");
        trial.loop.hold(about -> false);
        assertThat(trial.check(trial.loop.await(solution)).completions()).hasSize(3);
    }

    @Test
    void chainKeepsOneSeedAndGetsWhatIsLeftOfItsTokens() {
        Trial trial = samples();
        Solution solution = trial.solve(BEST_OF_N, config(3).maxTokens(10));

        long root = Seeds.root(42, "p");
        assertThat(solution.tree().nodes().get(1).seed()).isEqualTo(root);
        assertThat(solution.tree().nodes().get(2).seed()).isEqualTo(Seeds.child(root, 1, 1));
        assertThat(trial.policy.calls())
                .filteredOn(call -> call.path().startsWith("a"))
                .allMatch(call -> call.request().seed() == root)
                .extracting(call -> call.request().maxTokens())
                .containsExactly(9, 8);
    }

    /** Which is how the two methods can be compared on the same completions. */
    @Test
    void drawsTheSameTextsAsMajorityVote() {
        for (long seed = 0; seed < 20; seed++) {
            SearchConfig.Builder config = config(16).seed(seed).maxTokens(60);
            Solution stepwise = RandomTreesTest.run(BEST_OF_N, config, EventLoop.shuffled(seed))
                    .solution();
            Solution whole =
                    RandomTreesTest.run(MAJORITY, config, EventLoop.inOrder()).solution();

            assertThat(stepwise.completions())
                    .as("seed %d", seed)
                    .extracting(Completion::text)
                    .isEqualTo(
                            whole.completions().stream().map(Completion::text).toList());
            assertThat(stepwise.completions())
                    .extracting(Completion::finished)
                    .isEqualTo(whole.completions().stream()
                            .map(Completion::finished)
                            .toList());
        }
    }

    @Test
    void stepTokensDoNotCutSamples() {
        Trial trial = new Trial();
        trial.policy.on("", "a b c 1");
        assertThat(Trial.completions(trial.solve(BEST_OF_N, config(1).stepTokens(1))))
                .containsExactly("a b c 1");
    }

    @Test
    void unfinishedSampleDoesNotVoteUnlessParityIsAskedFor() {
        for (Semantics semantics : new Semantics[] {Semantics.STRICT, Semantics.SAL}) {
            Trial trial = new Trial();
            trial.policy.on("", ending("9", StopReason.CONTEXT), "7");
            trial.prm = new FakePrm(trial.loop, path -> path.equals("9") ? .9 : .1);
            Solution solution = trial.solve(BEST_OF_N, config(2).semantics(semantics));

            assertThat(Trial.answer(solution)).isEqualTo(semantics.equals(Semantics.STRICT) ? "7" : "9");
        }
    }

    /** Nothing is finished: the best one that states its answer is taken. 8 is a guess. */
    @Test
    void fallsBackToTheBestUnfinishedSampleThatStatesItsAnswer() {
        Trial trial = new Trial();
        trial.policy.on("", "8 w w w w", "boxed{5} w w w", "boxed{6} w w w");
        trial.scores("8 w ", .9, "boxed{5} w ", .3, "boxed{6} w ", .4);
        Solution solution = trial.solve(BEST_OF_N, config(3).maxTokens(2));

        assertThat(Trial.answer(solution)).isEqualTo("6");
        assertThat(solution.votes()).isEmpty();
        assertThat(solution.agreement()).isZero();
    }

    @Test
    void noAnswerIfNothingIsFinishedOrStated() {
        Trial trial = new Trial();
        trial.policy.on("", "8 w w w w");
        assertThat(trial.solve(BEST_OF_N, config(1).maxTokens(2)).answer()).isNull();
    }

    @Test
    void thousandsOfStepsInAChainDoNotOverflowTheStack() {
        Trial trial = new Trial();
        int steps = 1500;
        StringBuilder path = new StringBuilder();
        for (int i = 0; i < steps; i++) {
            trial.policy.on(path.toString(), "a|");
            path.append("a|");
        }
        trial.policy.on(path.toString(), "1");
        trial.prm = new FakePrm(trial.loop, text -> .5);
        Solution solution = trial.loop.await(trial.start(BEST_OF_N, config(1).maxTokens(1_000_000)));

        assertThat(solution.completions().get(0).tokens()).isEqualTo(steps + 1);
        assertThat(solution.completions().get(0).stepScores()).hasSize(steps + 1);
    }
}
