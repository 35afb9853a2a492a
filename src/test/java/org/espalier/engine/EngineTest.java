package org.espalier.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.espalier.engine.ModelRunner.Capacity;
import org.espalier.engine.ModelRunner.Outcome;
import org.espalier.engine.Sequence.Role;
import org.espalier.harness.Waiting;
import org.espalier.model.Budget;
import org.espalier.model.EspalierException;
import org.espalier.model.Limit;
import org.espalier.model.Meter;
import org.espalier.model.Meter.Count;
import org.espalier.model.SamplingParams;
import org.espalier.model.Step;
import org.espalier.model.StepRequest;
import org.espalier.model.StopReason;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class EngineTest {
    private static final SamplingParams SAMPLING = new SamplingParams(1, 0, 1, 0);
    private static final int[] PROMPT = new ToyModel().encode("a b c d e f g h", false);

    private final Meter meter = new Meter(Budget.UNLIMITED);
    private Engine engine;
    private Lane lane;

    @AfterEach
    void close() {
        if (engine != null) {
            engine.close();
        }
    }

    private void start(FakeRunner runner) {
        lane = new Lane("policy", new ToyModel(), runner);
        engine = new Engine(List.of(lane));
    }

    private <T> T onEngine(Supplier<CompletableFuture<T>> task) throws Exception {
        CompletableFuture<T> result = new CompletableFuture<>();
        engine.execute(() -> {
            try {
                task.get().whenComplete((value, failure) -> {
                    if (failure != null) {
                        result.completeExceptionally(failure);
                    } else {
                        result.complete(value);
                    }
                });
            } catch (RuntimeException e) {
                result.completeExceptionally(e);
            }
        });
        return result.get(30, TimeUnit.SECONDS);
    }

    private static StepRequest step(long seed, int maxTokens) {
        return StepRequest.toEnd(SAMPLING, seed, maxTokens).withDelimiter("\n", false);
    }

    private static <T> CompletableFuture<List<T>> all(List<CompletableFuture<T>> futures) {
        return CompletableFuture.allOf(futures.toArray(CompletableFuture[]::new))
                .thenApply(done -> futures.stream().map(CompletableFuture::join).toList());
    }

    private CompletableFuture<List<Step>> branches(Sequence from, int n, int maxTokens) {
        List<CompletableFuture<Step>> steps = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            steps.add(lane.generate(from, step(i, maxTokens)));
        }
        return all(steps);
    }

    @ParameterizedTest
    @CsvSource({"true, 1, 2", "false, 3, 4"})
    void aContextOfTooFewSequencesIsRefused(boolean partialCopy, int ids, int least) {
        FakeRunner runner = new FakeRunner(new Capacity(64, ids, 60, 16, true, partialCopy));
        assertThatThrownBy(() -> start(runner))
                .isInstanceOf(EspalierException.class)
                .hasMessage(
                        "the policy's context has %d of the %d sequences that branches need at least: open it with more"
                                .formatted(ids, least));
        assertThat(runner.closed).isTrue();
    }

    @Test
    void siblingsShareOnePromptComputedOnce() throws Exception {
        FakeRunner runner = FakeRunner.unified(4096, 64);
        start(runner);
        List<Step> steps = onEngine(() -> branches(lane.open(PROMPT, meter, Role.POLICY), 16, 30));
        for (int i = 0; i < 16; i++) {
            assertThat(steps.get(i).text()).isEqualTo(ToyModel.extend(PROMPT, step(i, 30)));
        }
        long sampled = steps.stream().mapToInt(Step::tokens).sum();
        assertThat(meter.get(Count.POLICY_TOKENS)).isEqualTo(sampled);
        // A step's last token is not decoded before somebody goes on from there.
        Set<String> decoded = new HashSet<>();
        for (Step step : steps) {
            for (int length = 1; length < step.tokens(); length++) {
                decoded.add(step.text().substring(0, length));
            }
        }
        assertThat(decoded.size()).as("some have drawn alike").isLessThan((int) sampled - 16);
        assertThat(meter.get(Count.POLICY_TOKENS_DECODED))
                .as("what several have drawn alike is computed once")
                .isEqualTo(PROMPT.length + decoded.size());
        assertThat(runner.batchSizes.get(0)).isEqualTo(PROMPT.length);
        assertThat(runner.batchSizes.get(1)).isGreaterThan(8);
    }

    @ParameterizedTest
    @CsvSource({
        "3, 400, true, true",
        "5, 60, true, true",
        "64, 120, true, true",
        "4, 60, false, true",
        "4, 80, true, false"
    })
    void textDoesNotDependOnHowMuchFits(int ids, int cells, boolean unified, boolean partialCopy) throws Exception {
        FakeRunner runner = new FakeRunner(new Capacity(cells, ids, 60, 16, unified, partialCopy));
        start(runner);
        List<Step> first = onEngine(() -> branches(lane.open(PROMPT, meter, Role.POLICY), 12, 8));
        for (int i = 0; i < 12; i++) {
            Step parent = first.get(i);
            assertThat(parent.text()).isEqualTo(ToyModel.extend(PROMPT, step(i, 8)));
            if (parent.stopReason() == StopReason.EOS) {
                continue;
            }
            List<Step> second = onEngine(() -> branches((Sequence) parent.prefix(), 3, 8));
            int[] path = ToyModel.concat(PROMPT, ToyModel.tokens(parent.text()));
            for (int j = 0; j < 3; j++) {
                assertThat(second.get(j).text()).isEqualTo(ToyModel.extend(path, step(j, 8)));
            }
        }
    }

    @Test
    void moreBranchesThanSequenceIds() throws Exception {
        start(FakeRunner.unified(100_000, 256));
        List<Step> steps = onEngine(() -> branches(lane.open(PROMPT, meter, Role.POLICY), 600, 20));
        for (int i = 0; i < 600; i++) {
            assertThat(steps.get(i).text()).isEqualTo(ToyModel.extend(PROMPT, step(i, 20)));
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 8, 300", "2, 3, 120", "3, 40, 90", "4, 256, 100000"})
    void randomTreesLeaveNothingBehind(long seed, int ids, int cells) throws Exception {
        FakeRunner runner = FakeRunner.unified(cells, ids);
        start(runner);
        Random random = new Random(seed);
        Sequence root = lane.open(PROMPT, meter, Role.POLICY);
        List<Sequence> open = new ArrayList<>(List.of(root));
        List<int[]> paths = new ArrayList<>(List.of(PROMPT));
        for (int round = 0; round < 60; round++) {
            int at = random.nextInt(open.size());
            Sequence from = open.get(at);
            int[] path = paths.get(at);
            boolean closeAtOnce = random.nextInt(3) == 0 && open.size() > 1;
            int n = 1 + random.nextInt(5);
            int[] question = {5, 6, 7};
            CompletableFuture<float[]> score = new CompletableFuture<>();
            runner.watch(List.of(1, 2));
            List<Step> steps = onEngine(() -> {
                CompletableFuture<List<Step>> result = branches(from, n, 6);
                Scoring scoring = Scoring.ofWatched(2);
                Sequence asked = lane.score(from, question, scoring, meter);
                scoring.result().whenComplete((value, failure) -> {
                    asked.close();
                    score.complete(value);
                });
                if (closeAtOnce) {
                    from.close();
                }
                return result.thenCombine(score, (list, ignored) -> list);
            });
            assertThat(score.get()[1]).isEqualTo(ToyModel.logProb(ToyModel.concat(path, question), 1));
            if (closeAtOnce) {
                open.remove(at);
                paths.remove(at);
            }
            for (int i = 0; i < n; i++) {
                assertThat(steps.get(i).text())
                        .as("round %d of seed %d", round, seed)
                        .isEqualTo(ToyModel.extend(path, step(i, 6)));
                int[] longer =
                        ToyModel.concat(path, ToyModel.tokens(steps.get(i).text()));
                if (steps.get(i).stopReason() != StopReason.EOS && longer.length < 40 && random.nextBoolean()) {
                    open.add((Sequence) steps.get(i).prefix());
                    paths.add(longer);
                } else {
                    Sequence pruned = (Sequence) steps.get(i).prefix();
                    engine.execute(pruned::close);
                }
            }
            if (open.isEmpty()) {
                break;
            }
        }
        onEngine(() -> {
            open.forEach(Sequence::close);
            root.close();
            return CompletableFuture.completedFuture(true);
        });
        // The removals planned by the closes are made with the next batch.
        onEngine(() -> {
            Sequence last = lane.open(PROMPT, meter, Role.POLICY);
            return lane.generate(last, step(1, 1)).thenApply(step -> {
                step.prefix().close();
                return step;
            });
        });
        assertThat(lane.stats().liveCells()).isEqualTo(PROMPT.length);
        assertThat(runner.liveCells()).isEqualTo(PROMPT.length);
        assertThat(meter.get(Count.PRM_TOKENS_UNIQUE)).isPositive();
    }

    @Test
    void lateChildrenDrawFromTheSameLogits() throws Exception {
        start(FakeRunner.unified(4096, 64));
        Sequence root = lane.open(PROMPT, meter, Role.POLICY);
        onEngine(() -> branches(root, 4, 10));
        List<Step> late = onEngine(() -> branches(root, 6, 10));
        assertThat(late.get(5).text()).isEqualTo(ToyModel.extend(PROMPT, step(5, 10)));
    }

    @Test
    void aSoleChildOfAClosedParentTakesItsCellsOver() throws Exception {
        FakeRunner runner = FakeRunner.unified(4096, 2);
        start(runner);
        Step last = onEngine(() -> {
            Sequence root = lane.open(PROMPT, meter, Role.POLICY);
            CompletableFuture<Step> one = lane.generate(root, step(1, 3));
            root.close();
            return one.thenCompose(step -> {
                CompletableFuture<Step> two = lane.generate((Sequence) step.prefix(), step(1, 3));
                step.prefix().close();
                return two;
            });
        });
        int[] path = ToyModel.concat(PROMPT, ToyModel.tokens(ToyModel.extend(PROMPT, step(1, 3))));
        assertThat(last.text()).isEqualTo(ToyModel.extend(path, step(1, 3)));
        assertThat(meter.get(Count.POLICY_TOKENS_DECODED))
                .isEqualTo(lane.stats().tokens());
        assertThat(lane.stats().peakCells()).isEqualTo(PROMPT.length + 5);
    }

    @Test
    void longPromptsAreCutInChunksThatRideWithDecode() throws Exception {
        FakeRunner runner = FakeRunner.unified(4096, 8);
        start(runner);
        int[] longPrompt = new int[300];
        java.util.Arrays.fill(longPrompt, 4);
        onEngine(() -> {
            CompletableFuture<Step> shortOne = lane.generate(lane.open(PROMPT, meter, Role.POLICY), step(7, 30));
            CompletableFuture<Step> longOne = lane.generate(lane.open(longPrompt, meter, Role.POLICY), step(8, 5));
            return shortOne.thenCombine(longOne, (a, b) -> a);
        });
        assertThat(runner.batchSizes.subList(0, 4)).containsExactly(64, 64, 64, 64);
    }

    @Test
    void aTokenBudgetIsKeptToTheToken() throws Exception {
        start(FakeRunner.unified(4096, 64));
        Meter limited = new Meter(new Budget(40, null));
        List<Step> steps = onEngine(() -> branches(lane.open(PROMPT, limited, Role.POLICY), 16, 200));
        assertThat(limited.exceeded()).contains(Limit.TOKENS);
        assertThat(limited.get(Count.POLICY_TOKENS)).isEqualTo(40L);
        assertThat(steps).anyMatch(step -> step.stopReason() == StopReason.CANCELLED);
        assertThat(steps.stream().mapToInt(Step::tokens).sum()).isEqualTo(40);
        Step another = onEngine(() -> lane.generate(lane.open(PROMPT, limited, Role.POLICY), step(1, 5)));
        assertThat(another.stopReason()).isEqualTo(StopReason.CANCELLED);
        assertThat(another.tokens()).isZero();
    }

    /** Tokens that are drawn together share a row's place in the cache, but each counts. */
    @ParameterizedTest
    @CsvSource({"1, 1 0 0 0 0 0", "4, 1 1 1 1 0 0", "6, 1 1 1 1 1 1", "8, 2 2 1 1 1 1"})
    void theLastTokensGoToTheStepsThatWereAskedForFirst(int budget, String expected) throws Exception {
        start(FakeRunner.unified(4096, 64));
        Meter limited = new Meter(new Budget(budget, null));
        // The same seed draws the same: all of them write together.
        List<Step> alike = onEngine(() -> {
            Sequence prompt = lane.open(PROMPT, limited, Role.POLICY);
            List<CompletableFuture<Step>> steps = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                steps.add(lane.generate(prompt, step(longLived(), 50)));
            }
            return all(steps);
        });
        assertThat(alike.stream().map(step -> "" + step.tokens()).collect(Collectors.joining(" ")))
                .isEqualTo(expected);
        assertThat(limited.get(Count.POLICY_TOKENS)).isEqualTo(budget);
    }

    /** A seed whose step does not end within a few tokens. */
    private static long longLived() {
        long seed = 0;
        while (ToyModel.extend(PROMPT, step(seed, 50)).length() < 10) {
            seed++;
        }
        return seed;
    }

    @Test
    void aDeadlineEndsGenerationAndScoring() throws Exception {
        FakeRunner runner = FakeRunner.unified(4096, 64);
        start(runner);
        Meter limited = new Meter(new Budget(Long.MAX_VALUE, Duration.ofMillis(1)));
        Waiting.until("the deadline", () -> limited.exceeded().isPresent());
        assertThatThrownBy(() -> onEngine(() -> {
                    Scoring scoring = Scoring.ofWatched(1);
                    lane.score(lane.open(PROMPT, limited, Role.PRM), new int[] {3}, scoring, limited);
                    return scoring.result();
                }))
                .isInstanceOf(CancellationException.class);
        assertThat(runner.batchSizes).isEmpty();
    }

    @Test
    void abandonedAndClearedDecodesAreRepeated() throws Exception {
        FakeRunner runner = FakeRunner.unified(4096, 64);
        runner.outcomes.addAll(List.of(
                Outcome.ABORTED,
                Outcome.DONE,
                Outcome.DONE,
                Outcome.NO_SPACE,
                Outcome.DONE,
                Outcome.CLEARED,
                Outcome.DONE));
        start(runner);
        List<Step> steps = onEngine(() -> branches(lane.open(PROMPT, meter, Role.POLICY), 8, 30));
        for (int i = 0; i < 8; i++) {
            assertThat(steps.get(i).text()).isEqualTo(ToyModel.extend(PROMPT, step(i, 30)));
        }
    }

    @Test
    void aPathThatOutgrowsTheMemoryStopsThere() throws Exception {
        start(FakeRunner.unified(20, 4));
        Step step = onEngine(
                () -> lane.generate(lane.open(PROMPT, meter, Role.POLICY), StepRequest.toEnd(SAMPLING, 3, 500)));
        assertThat(step.stopReason()).isIn(StopReason.CONTEXT, StopReason.EOS);
        assertThat(step.tokens()).isLessThanOrEqualTo(20);
        assertThatThrownBy(() -> lane.open(new int[20], meter, Role.POLICY))
                .isInstanceOf(EspalierException.class)
                .hasMessageContaining("raise context");
    }

    @Test
    void aBackendFailureFailsWhatIsAskedForAndNothingElse() throws Exception {
        FakeRunner runner = FakeRunner.unified(4096, 64);
        runner.failure = new EspalierException("the backend is gone");
        start(runner);
        assertThatThrownBy(() -> onEngine(() -> branches(lane.open(PROMPT, meter, Role.POLICY), 3, 5)))
                .hasRootCauseMessage("the backend is gone");
        assertThatThrownBy(() -> onEngine(() -> branches(lane.open(PROMPT, meter, Role.POLICY), 3, 5)))
                .cause()
                .isInstanceOfAny(EspalierException.class, CompletionException.class)
                .hasMessageContaining("the backend is gone");
        engine.close();
        assertThat(runner.closed).isTrue();
    }

    @Test
    void aLaneThatHasFailedIsReportedWhateverAnotherOneDoes() throws Exception {
        FakeRunner broken = FakeRunner.unified(4096, 64);
        broken.failure = new EspalierException("the backend is gone");
        Lane prm = new Lane("PRM", new ToyModel(), broken);
        lane = new Lane("policy", new ToyModel(), FakeRunner.unified(4096, 64));
        engine = new Engine(List.of(lane, prm));
        assertThat(engine.failure()).isEmpty();
        assertThatThrownBy(() -> onEngine(() -> {
                    Scoring scoring = Scoring.ofWatched(1);
                    prm.score(PROMPT, scoring, meter);
                    return scoring.result();
                }))
                .hasRootCauseMessage("the backend is gone");
        onEngine(() -> branches(lane.open(PROMPT, meter, Role.POLICY), 3, 5));
        assertThat(engine.failure()).contains("the PRM's engine has failed: the backend is gone");
        assertThat(engine.health())
                .extracting(LaneHealth::lane, health -> health.failure().isPresent())
                .containsExactly(tuple("policy", false), tuple("PRM", true));
    }

    /** Clients on threads of their own ask, cancel and interrupt, while the engine is closed. */
    @Test
    void whatIsAskedForCompletesWhenTheEngineIsClosed() throws Exception {
        start(FakeRunner.unified(200, 8));
        List<CompletableFuture<Step>> asked = Collections.synchronizedList(new ArrayList<>());
        List<CompletableFuture<Void>> clients = new ArrayList<>();
        CountDownLatch busy = new CountDownLatch(100);
        for (int client = 0; client < 4; client++) {
            int number = client;
            clients.add(CompletableFuture.runAsync(() -> {
                try {
                    for (int i = 0; i < 300; i++) {
                        Meter own = new Meter(Budget.UNLIMITED);
                        int seed = 1000 * number + i;
                        asked.add(CompletableFuture.supplyAsync(() -> lane.open(PROMPT, own, Role.POLICY), engine)
                                .thenCompose(root -> {
                                    CompletableFuture<Step> step = lane.generate(root, step(seed, 9));
                                    root.close();
                                    return step;
                                })
                                .whenComplete((step, failure) -> {
                                    busy.countDown();
                                    if (step != null) {
                                        step.prefix().close();
                                    }
                                }));
                        if (i % 3 == 0) {
                            own.cancel();
                            engine.interrupt();
                        }
                    }
                } catch (RejectedExecutionException e) {
                    // The engine has been closed.
                }
            }));
        }
        assertThat(busy.await(1, TimeUnit.MINUTES)).isTrue();
        engine.close();
        for (CompletableFuture<Void> client : clients) {
            client.get(1, TimeUnit.MINUTES);
        }
        assertThat(asked).allMatch(CompletableFuture::isDone);
        assertThat(engine.failure()).contains("the engine's thread has ended");
    }

    @Test
    void aClosedPrefixCannotBeExtended() {
        start(FakeRunner.unified(4096, 64));
        Sequence root = lane.open(PROMPT, meter, Role.POLICY);
        root.close();
        root.close();
        assertThatThrownBy(() -> onEngine(() -> branches(root, 1, 5))).hasCauseInstanceOf(IllegalStateException.class);
    }

    /** Each token of every candidate wants a row, and there are more of them than a batch has rows. */
    @Test
    void moreTargetsThanABatchHasRows() throws Exception {
        start(FakeRunner.unified(4096, 16));
        int[] targets = new ToyModel().encode("abcdefghijklmnop", false);
        List<float[]> values = onEngine(() -> {
            Sequence root = lane.open(PROMPT, meter, Role.PRM);
            List<CompletableFuture<float[]>> results = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                Scoring scoring = Scoring.ofTargets(targets);
                lane.score(root, targets, scoring, meter);
                results.add(scoring.result());
            }
            return all(results);
        });
        for (float[] one : values) {
            int[] path = PROMPT;
            for (int i = 0; i < targets.length; i++) {
                path = ToyModel.concat(path, new int[] {targets[i]});
                assertThat(one[2 * i]).isEqualTo(ToyModel.logProb(path, targets[i]));
            }
        }
        assertThat(meter.get(Count.PRM_TOKENS)).isEqualTo(PROMPT.length + 40L * targets.length);
    }
}
