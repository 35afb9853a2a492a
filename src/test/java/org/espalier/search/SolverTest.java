package org.espalier.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.espalier.model.Budget;
import org.espalier.model.EspalierException;
import org.espalier.model.Limit;
import org.espalier.model.Meter;
import org.espalier.model.Problem;
import org.espalier.model.ProcessRewardModel;
import org.espalier.model.ProcessRewardModel.Scope;
import org.espalier.model.Step;
import org.espalier.model.StopReason;
import org.espalier.model.UsageException;
import org.espalier.model.Warning;
import org.espalier.testing.BoxedReader;
import org.espalier.testing.EventLoop;
import org.espalier.testing.FailingPolicy;
import org.espalier.testing.FailingPrm;
import org.espalier.testing.FakePrm;
import org.espalier.testing.ScriptedPolicy;
import org.espalier.testing.SeededPolicy;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(60)
class SolverTest {
    @Test
    void whatThereIsToSayOfAProblemComesFirstAndLowersTheConfidence() {
        EventLoop engine = EventLoop.inOrder();
        ScriptedPolicy policy = new ScriptedPolicy(engine).on("", "boxed{1}", "boxed{1}", "boxed{1}", "boxed{1}");
        Warning outside = new Warning(Warning.OUTSIDE_MODEL, "not for me");
        List<String> told = new ArrayList<>();
        SearchListener listener = new SearchListener() {
            @Override
            public void warned(Warning warning) {
                told.add(warning.message());
            }

            @Override
            public void proposed(SearchNode node) {
                told.add(node.text());
            }
        };
        SearchConfig config = SearchConfig.builder().n(4).build();
        Solution solution = engine.await(new Solver(policy, null, new BoxedReader())
                .warning(problem -> List.of(outside))
                .start(Trial.PROBLEM, SearchMethod.MAJORITY, config, new Meter(Budget.UNLIMITED), listener));

        assertThat(told).first().isEqualTo("not for me");
        assertThat(solution.confidence().level()).isEqualTo(Confidence.Level.LOW);
        assertThat(solution.warnings())
                .extracting(Warning::code)
                .containsExactly(Warning.OUTSIDE_MODEL, Warning.LOW_CONFIDENCE);
    }

    @Test
    void aReplyWithoutAnAnswerIsNotWithheld() {
        EventLoop engine = EventLoop.inOrder();
        ScriptedPolicy policy = new ScriptedPolicy(engine).on("", "an old pond", "a frog jumps in");
        SearchConfig config = SearchConfig.builder().n(2).build();
        Solution solution = engine.await(new Solver(
                        policy, new FakePrm(engine, path -> path.startsWith("a f") ? .9 : .1), new BoxedReader())
                .start(Trial.PROBLEM, SearchMethod.BEST_OF_N, config, new Meter(Budget.UNLIMITED)));

        assertThat(solution.answer()).isNull();
        assertThat(Objects.requireNonNull(solution.selected()).text()).isEqualTo("a frog jumps in");
        assertThat(solution.chosenBy()).isEqualTo(ChosenBy.SCORE);
        assertThat(solution.confidence().level()).isEqualTo(Confidence.Level.MEDIUM);
    }

    private static final SearchConfig CONFIG =
            SearchConfig.builder().n(4).beamWidth(2).lookahead(1).build();

    private final EspalierException failure = new EspalierException("the model is gone: load it again");
    private final ExecutorService engine = Executors.newSingleThreadExecutor();

    @AfterEach
    void stop() throws InterruptedException {
        engine.shutdown();
        assertThat(engine.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void solveWaitsForASearchOnThePolicysThread() {
        ScriptedPolicy policy = new ScriptedPolicy(engine).on("", "a|", "2").on("a|", "2");
        FakePrm prm = new FakePrm(engine, path -> .5);
        Thread[] thread = new Thread[1];
        SearchListener listener = new SearchListener() {
            @Override
            public void completed(SearchNode node) {
                thread[0] = Thread.currentThread();
            }
        };
        Solution solution = new Solver(policy, prm, new BoxedReader())
                .solve(
                        Trial.PROBLEM,
                        SearchMethod.BEST_OF_N,
                        CONFIG.toBuilder().n(2).build(),
                        unlimited(),
                        listener);

        assertThat(Trial.answer(solution)).isEqualTo("2");
        assertThat(solution.problem()).isEqualTo(Trial.PROBLEM);
        assertThat(solution.method()).isEqualTo(SearchMethod.BEST_OF_N);
        assertThat(thread[0]).isNotEqualTo(Thread.currentThread());
        assertThat(solution.usage().wallMillis()).isNotNegative();
        assertThat(solution.usage().tokensPerSecond()).isPositive();
    }

    @Test
    void aScoreIsOfTheLastStepOrOfAllWhicheverThePrmMeans() {
        assertThat(bestOfTwo(Scope.PATH, null)).isEqualTo("1");
        assertThat(bestOfTwo(Scope.STEP, null)).isEqualTo("2");
        assertThat(bestOfTwo(Scope.STEP, ScoreAggregation.LAST)).isEqualTo("1");
    }

    private String bestOfTwo(Scope scope, @Nullable ScoreAggregation aggregation) {
        ScriptedPolicy policy =
                new ScriptedPolicy(engine).on("", "a|", "b|").on("a|", "1").on("b|", "2");
        FakePrm prm = FakePrm.scripted(engine, "a|", .2, "a|1", .9, "b|", .6, "b|2", .8)
                .of(scope);
        SearchConfig config =
                CONFIG.toBuilder().n(2).lookahead(0).aggregation(aggregation).build();
        Solution solution = new Solver(policy, prm, new BoxedReader())
                .solve(Trial.PROBLEM, SearchMethod.BEST_OF_N, config, unlimited());
        assertThat(solution.config().aggregation()).isNotNull();
        return Trial.answer(solution);
    }

    /** Scores the solution that it was given when it ended, by its length, which is no probability. */
    private static final class ByLength implements ProcessRewardModel {
        private record Read(String text, double score) implements Judgement {
            @Override
            public void close() {}
        }

        @Override
        public Scope scope() {
            return Scope.SOLUTION;
        }

        @Override
        public boolean givesProbabilities() {
            return false;
        }

        @Override
        public Judgement open(Problem problem, Meter meter) {
            return new Read("", Double.NaN);
        }

        @Override
        public CompletableFuture<Judgement> score(Judgement before, Step step) {
            String text = ((Read) before).text + step.text();
            boolean ended = step.stopReason() != StopReason.DELIMITER;
            return CompletableFuture.completedFuture(new Read(text, ended ? -text.length() : Double.NaN));
        }
    }

    @Test
    void aModelOfWholeSolutionsIsForMethodsThatWriteWholeOnes() {
        Solver solver = new Solver(new ScriptedPolicy(engine), new ByLength(), new BoxedReader());
        for (SearchMethod method :
                List.of(SearchMethod.BEST_OF_N, SearchMethod.REFINE, SearchMethod.REVISE, SearchMethod.AB_MCTS)) {
            solver.requireSolvable(method, SearchConfig.DEFAULT);
        }
        for (SearchMethod method : List.of(SearchMethod.BEAM, SearchMethod.DVTS)) {
            assertThatThrownBy(() ->
                            solver.solve(Problem.of("?"), method, SearchConfig.DEFAULT, new Meter(Budget.UNLIMITED)))
                    .isInstanceOf(UsageException.class)
                    .hasMessage("method " + method.cliName() + " has unfinished solutions judged, but this reward model"
                            + " scores whole ones: use method best-of-n");
        }
        SearchConfig weighted =
                SearchConfig.builder().selection(Selection.WEIGHTED).build();
        assertThatThrownBy(() ->
                        solver.solve(Problem.of("?"), SearchMethod.BEST_OF_N, weighted, new Meter(Budget.UNLIMITED)))
                .isInstanceOf(UsageException.class)
                .hasMessageStartingWith("selection weighted adds up probabilities");
    }

    @Test
    void interruptCancelsAndTheAnswerSoFarComesBack() {
        EventLoop loop = EventLoop.inOrder();
        ScriptedPolicy policy = new ScriptedPolicy(task -> {
            if (task instanceof EventLoop.Answer) {
                loop.execute(task);
            } else {
                engine.execute(task);
            }
        });
        policy.on("", "1", "w w w w");
        Meter meter = unlimited();
        Thread.currentThread().interrupt();
        engine.execute(() -> {
            while (meter.exceeded().isEmpty()) {
                Thread.onSpinWait();
            }
            engine.execute(loop::run);
        });
        Solution solution = new Solver(policy, null, new BoxedReader())
                .solve(
                        Trial.PROBLEM,
                        SearchMethod.MAJORITY,
                        CONFIG.toBuilder().n(2).build(),
                        meter);

        assertThat(Thread.interrupted()).isTrue();
        assertThat(solution.stoppedBy()).isEqualTo(Limit.CANCELLED);
    }

    @Test
    void solveThrowsWhatThePortThrew() {
        FailingPolicy policy = new FailingPolicy(new ScriptedPolicy(engine), 0, failure, true);
        assertThatThrownBy(() -> new Solver(policy, null, new BoxedReader())
                        .solve(Trial.PROBLEM, SearchMethod.GREEDY, CONFIG, unlimited()))
                .isSameAs(failure);
    }

    @ParameterizedTest
    @EnumSource
    void methodThatNeedsAPrmSaysSo(SearchMethod method) {
        Solver solver = new Solver(new ScriptedPolicy(engine), null, new BoxedReader());
        if (method.needsPrm()) {
            assertThatThrownBy(() -> solver.start(Trial.PROBLEM, method, CONFIG, unlimited()))
                    .isInstanceOf(UsageException.class)
                    .hasMessage(
                            "method %s needs a process reward model: name one with prm, or let the policy judge itself with prm self",
                            method.cliName());
        } else {
            assertThat(solver.start(Trial.PROBLEM, method, CONFIG, unlimited())).isNotNull();
        }
    }

    @Test
    void methodThatCannotWorkWithItsConfigurationSaysSo() {
        Solver solver = new Solver(new ScriptedPolicy(engine), new FakePrm(engine, path -> 1), new BoxedReader());
        assertThatThrownBy(() -> solver.start(
                        Trial.PROBLEM,
                        SearchMethod.DVTS,
                        CONFIG.toBuilder().n(3).build(),
                        unlimited()))
                .isInstanceOf(UsageException.class);
    }

    @ParameterizedTest
    @EnumSource
    void failingPolicyFailsTheSearchAndNothingStaysOpen(SearchMethod method) {
        for (int call = 0; call < 12; call++) {
            for (boolean throwing : new boolean[] {false, true}) {
                EventLoop loop = EventLoop.shuffled(call);
                SeededPolicy policy = new SeededPolicy(loop);
                FakePrm prm = FakePrm.seeded(loop);
                Meter meter = unlimited();
                CompletableFuture<Solution> solution = new Solver(
                                new FailingPolicy(policy, call, failure, throwing), prm, new BoxedReader())
                        .start(Trial.PROBLEM, method, CONFIG, meter);
                loop.run();

                assertThat(solution).as("call %d", call).isDone();
                Trial.checkClosed(policy, prm);
                if (solution.isCompletedExceptionally()) {
                    assertThatThrownBy(solution::get)
                            .isInstanceOf(ExecutionException.class)
                            .cause()
                            .isSameAs(failure);
                    assertThat(meter.exceeded()).contains(Limit.CANCELLED);
                } else {
                    assertThat(call).isGreaterThan(1);
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"BEST_OF_N", "BEAM", "DVTS"})
    void failingPrmFailsTheSearchAndNothingStaysOpen(SearchMethod method) {
        for (int call = 0; call < 12; call++) {
            for (boolean throwing : new boolean[] {false, true}) {
                EventLoop loop = EventLoop.shuffled(call);
                SeededPolicy policy = new SeededPolicy(loop);
                FakePrm prm = FakePrm.seeded(loop);
                CompletableFuture<Solution> solution = new Solver(
                                policy, new FailingPrm(prm, loop, call, failure, throwing), new BoxedReader())
                        .start(Trial.PROBLEM, method, CONFIG, unlimited());
                loop.run();

                assertThat(solution).as("call %d", call).isDone();
                Trial.checkClosed(policy, prm);
                if (solution.isCompletedExceptionally()) {
                    assertThatThrownBy(solution::get)
                            .isInstanceOf(ExecutionException.class)
                            .cause()
                            .isSameAs(failure);
                } else {
                    assertThat(call).isGreaterThan(prm.calls().size());
                }
            }
        }
    }

    /** One sample of many fails: the others, long as they are, end at once. */
    @Test
    void failureCancelsWhatIsInFlight() {
        EventLoop loop = EventLoop.lastFirst();
        ScriptedPolicy policy = new ScriptedPolicy(loop).on("", "w w w w w w w w", "1");
        Meter meter = unlimited();
        CompletableFuture<Solution> solution = new Solver(
                        policy,
                        new FakePrm(loop, path -> {
                            throw failure;
                        }),
                        new BoxedReader())
                .start(
                        Trial.PROBLEM,
                        SearchMethod.BEST_OF_N,
                        CONFIG.toBuilder().n(2).build(),
                        meter);
        loop.run();

        assertThat(solution).isCompletedExceptionally();
        assertThat(meter.get(Meter.Count.POLICY_TOKENS)).isLessThan(9);
        assertThat(policy.open()).isEmpty();
    }

    @Test
    void failingListenerFailsTheSearch() {
        EventLoop loop = EventLoop.inOrder();
        SeededPolicy policy = new SeededPolicy(loop);
        FakePrm prm = FakePrm.seeded(loop);
        CompletableFuture<Solution> solution = new Solver(policy, prm, new BoxedReader())
                .start(Trial.PROBLEM, SearchMethod.BEAM, CONFIG, unlimited(), new SearchListener() {
                    @Override
                    public void kept(SearchNode node) {
                        throw failure;
                    }
                });
        loop.run();

        Trial.checkClosed(policy, prm);
        assertThatThrownBy(solution::get).cause().isSameAs(failure);
    }

    @Test
    void problemsShareOneSolverAndHaveTheirOwnStreams() {
        EventLoop loop = EventLoop.shuffled(3);
        SeededPolicy policy = new SeededPolicy(loop);
        Solver solver = new Solver(policy, FakePrm.seeded(loop), new BoxedReader());
        CompletableFuture<Solution> first =
                solver.start(new Problem("first", "?"), SearchMethod.DVTS, CONFIG, unlimited());
        CompletableFuture<Solution> second =
                solver.start(new Problem("second", "?"), SearchMethod.DVTS, CONFIG, unlimited());
        loop.run();

        Solution alone = loop.await(solver.start(new Problem("first", "?"), SearchMethod.DVTS, CONFIG, unlimited()));
        assertThat(first.join().completions()).isEqualTo(alone.completions());
        assertThat(second.join().completions()).isNotEqualTo(alone.completions());
    }

    private static Meter unlimited() {
        return new Meter(Budget.UNLIMITED);
    }
}
