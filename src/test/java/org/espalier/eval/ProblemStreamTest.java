package org.espalier.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.espalier.model.Budget;
import org.espalier.model.EspalierException;
import org.espalier.model.Limit;
import org.espalier.model.Meter;
import org.espalier.model.VerifierException;
import org.espalier.model.Wording;
import org.espalier.search.SearchMethod;
import org.espalier.search.Solution;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class ProblemStreamTest {
    private final Bench bench = new Bench();
    private final List<DatasetItem> items = Bench.dataset(20).items();

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    void everyProblemIsSolvedAsItWouldBeAlone() {
        List<String> alone = new ArrayList<>();
        List<String> together = new ArrayList<>();
        bench.stream(items, 1, SearchMethod.DVTS, Bench.CONFIG).forEach((item, found) -> alone.add(text(item, found)));
        bench.stream(items, 7, SearchMethod.DVTS, Bench.CONFIG)
                .forEach((item, found) -> together.add(text(item, found)));
        assertThat(alone).hasSize(20);
        assertThat(together).containsExactlyInAnyOrderElementsOf(alone);
    }

    private static String text(DatasetItem item, Solution solution) {
        return item.id() + solution.completions();
    }

    @Test
    void noMoreAreInFlightThanAllowed() {
        AtomicInteger now = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        ProblemStream<DatasetItem, Solution> stream =
                new ProblemStream<>(items, 3, bench.thread, () -> new Meter(Budget.UNLIMITED), (item, meter) -> {
                    most.accumulateAndGet(now.incrementAndGet(), Math::max);
                    return bench.solver
                            .start(item.toProblem(), SearchMethod.MAJORITY, Bench.CONFIG, meter)
                            .whenComplete((found, thrown) -> now.decrementAndGet());
                });
        assertThat(stream.forEach((item, solution) -> {})).isTrue();
        assertThat(most.get()).isEqualTo(3);
    }

    @Test
    void nothingToDoIsDoneAtOnce() {
        assertThat(bench.stream(List.of(), 3, SearchMethod.MAJORITY, Bench.CONFIG)
                        .forEach((item, solution) -> {}))
                .isTrue();
    }

    @Test
    void aFailureNamesItsProblemAndEndsTheOthers() {
        AtomicInteger started = new AtomicInteger();
        ProblemStream<DatasetItem, Solution> stream =
                new ProblemStream<>(items, 2, bench.thread, () -> new Meter(Budget.UNLIMITED), (item, meter) -> {
                    if (started.incrementAndGet() == 5) {
                        return CompletableFuture.failedFuture(new EspalierException("too long"));
                    }
                    return bench.solver.start(item.toProblem(), SearchMethod.MAJORITY, Bench.CONFIG, meter);
                });
        assertThatThrownBy(() -> stream.forEach((item, solution) -> {}))
                .isInstanceOf(EspalierException.class)
                .hasMessage("problem p4: too long");
        assertThat(started.get()).isBetween(5, 7);
    }

    @Test
    void aFailureOfTheCallerEndsTheStream() {
        ProblemStream<DatasetItem, Solution> stream = bench.stream(items, 2, SearchMethod.MAJORITY, Bench.CONFIG);
        assertThatThrownBy(() -> stream.forEach((item, solution) -> {
                    throw new EspalierException("the disk is full");
                }))
                .hasMessage("the disk is full");
    }

    @Test
    void stoppedItStartsNoMoreAndSaysWhatWasCutShort() {
        AtomicInteger started = new AtomicInteger();
        CountDownLatch stopped = new CountDownLatch(1);
        ProblemStream<DatasetItem, Solution> stream =
                new ProblemStream<>(items, 2, bench.thread, () -> new Meter(Budget.UNLIMITED), (item, meter) -> {
                    if (started.incrementAndGet() > 6) {
                        awaitQuietly(stopped);
                    }
                    return bench.solver.start(item.toProblem(), SearchMethod.MAJORITY, Bench.CONFIG, meter);
                });
        List<String> solved = new ArrayList<>();
        boolean all = stream.forEach((item, solution) -> {
            if (solution.stoppedBy() != Limit.CANCELLED) {
                solved.add(item.id());
            }
            if (solved.size() == 3) {
                stream.stop();
                stopped.countDown();
            }
        });
        assertThat(all).isFalse();
        assertThat(started.get()).isLessThanOrEqualTo(8);
        assertThat(solved).hasSizeBetween(3, 7);
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void aVerifierThatFailsFailsItsProblemAlone() {
        AtomicInteger started = new AtomicInteger();
        List<String> failed = new ArrayList<>();
        List<String> solved = new ArrayList<>();
        ProblemStream<DatasetItem, Solution> stream = new ProblemStream<DatasetItem, Solution>(
                        items, 2, bench.thread, () -> new Meter(Budget.UNLIMITED), (item, meter) -> {
                            int number = started.incrementAndGet();
                            return number == 5 || number == 20
                                    ? CompletableFuture.failedFuture(
                                            new VerifierException(Wording.plain("the verifier crashed")))
                                    : bench.solver.start(item.toProblem(), SearchMethod.MAJORITY, Bench.CONFIG, meter);
                        })
                .failing((item, failure) -> failed.add(item.id() + ": " + failure.getMessage()));
        assertThat(stream.forEach((item, solution) -> solved.add(item.id()))).isTrue();
        assertThat(failed).containsExactlyInAnyOrder("p4: the verifier crashed", "p19: the verifier crashed");
        assertThat(solved).hasSize(18).doesNotContain("p4", "p19");
    }
}
