package org.espalier.eval;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.espalier.model.EspalierException;
import org.espalier.model.Limit;
import org.espalier.model.Meter;
import org.espalier.search.Solution;
import org.jspecify.annotations.Nullable;

/**
 * Solves many problems, a bounded number of them at a time, so that their branches fill the batch together. The next
 * problem begins on the policy's thread in the moment in which one ends: which problems share a batch depends on nothing
 * but the problems, and two uninterrupted runs decode the same batches.
 */
public final class ProblemStream {
    /** Starts a search. */
    public interface Search {
        CompletableFuture<Solution> start(DatasetItem item, Meter meter);
    }

    /** What came of a problem; without a problem it stands for the end. */
    private record Outcome(
            @Nullable DatasetItem item,
            @Nullable Solution solution,
            @Nullable Throwable failure) {
        static final Outcome END = new Outcome(null, null, null);
    }

    private final Executor thread;
    private final Search search;
    private final Supplier<Meter> meters;
    private final Deque<DatasetItem> waiting;
    private final int limit;

    private final Set<Meter> running = ConcurrentHashMap.newKeySet();
    private final BlockingQueue<Outcome> outcomes = new LinkedBlockingQueue<>();
    private volatile boolean stopped;
    private int inFlight;

    /**
     * @param items to be solved, in this order
     * @param limit how many at a time
     * @param thread the policy's
     * @param meters makes each problem's meter when it begins
     */
    public ProblemStream(
            Collection<DatasetItem> items, int limit, Executor thread, Supplier<Meter> meters, Search search) {
        waiting = new ArrayDeque<>(items);
        this.limit = limit;
        this.thread = thread;
        this.meters = meters;
        this.search = search;
    }

    /**
     * Solves all and waits for the last; not to be called on the policy's thread. If one fails, the others are stopped.
     *
     * @param each is given the solutions as they come, on the calling thread; those that {@link #stop} cut short are left
     *     out
     * @return whether all are solved; false if the stream was stopped
     * @throws EspalierException if a search fails
     */
    public boolean forEach(BiConsumer<DatasetItem, Solution> each) {
        thread.execute(() -> {
            for (int i = 0; i < limit && !waiting.isEmpty(); i++) {
                startNext();
            }
            if (inFlight == 0) {
                outcomes.add(Outcome.END);
            }
        });
        RuntimeException failure = null;
        while (true) {
            Outcome outcome = take();
            DatasetItem item = outcome.item;
            Solution solution = outcome.solution;
            if (item == null) {
                break;
            }
            if (failure != null) {
                continue;
            }
            try {
                if (solution == null) {
                    failure = failure(item, outcome.failure);
                } else if (solution.stoppedBy() != Limit.CANCELLED) {
                    each.accept(item, solution);
                }
            } catch (RuntimeException e) {
                failure = e;
                stop();
            }
        }
        if (failure != null) {
            throw failure;
        }
        return !stopped;
    }

    /** Ends what is in flight and starts no more; safe from any thread. */
    public void stop() {
        stopped = true;
        running.forEach(Meter::cancel);
    }

    private void startNext() {
        DatasetItem item = waiting.removeFirst();
        Meter meter = meters.get();
        running.add(meter);
        if (stopped) {
            meter.cancel();
        }
        inFlight++;
        CompletableFuture<Solution> solution;
        try {
            solution = search.start(item, meter);
        } catch (RuntimeException e) {
            solution = CompletableFuture.failedFuture(e);
        }
        CompletableFuture<Solution> unused = solution.whenComplete((found, thrown) -> {
            running.remove(meter);
            inFlight--;
            outcomes.add(new Outcome(item, found, thrown));
            if (thrown != null) {
                stop();
            }
            if (!stopped && !waiting.isEmpty()) {
                startNext();
            } else if (inFlight == 0) {
                outcomes.add(Outcome.END);
            }
        });
    }

    private Outcome take() {
        while (true) {
            try {
                return outcomes.take();
            } catch (InterruptedException e) {
                stop();
            }
        }
    }

    private static RuntimeException failure(DatasetItem item, @Nullable Throwable thrown) {
        Throwable cause =
                thrown instanceof CompletionException && thrown.getCause() != null ? thrown.getCause() : thrown;
        if (cause instanceof Error error) {
            throw error;
        }
        if (cause instanceof EspalierException) {
            return new EspalierException("problem " + item.id() + ": " + cause.getMessage(), cause);
        }
        return cause instanceof RuntimeException runtime ? runtime : new IllegalStateException(cause);
    }
}
