package org.espalier.eval;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.espalier.model.EspalierException;
import org.espalier.model.Futures;
import org.espalier.model.Meter;
import org.espalier.model.VerifierException;
import org.espalier.model.Wording;
import org.jspecify.annotations.Nullable;

/**
 * Works on many problems, a bounded number of them at a time, so that their branches fill the batch together. The next
 * problem begins on the policy's thread in the moment in which one ends: which problems share a batch depends on nothing
 * but the problems, and two uninterrupted runs decode the same batches.
 *
 * @param <T> what is worked on
 * @param <R> what comes of it
 */
public final class ProblemStream<T extends ProblemStream.Item, R> {
    /** Something to work on. */
    public interface Item {
        /** For messages. */
        String id();
    }

    /** Starts the work. */
    public interface Work<T, R> {
        CompletableFuture<R> start(T item, Meter meter);
    }

    /** What came of an item; without one it stands for the end. */
    private record Outcome<T, R>(
            @Nullable T item, @Nullable R result, @Nullable Throwable failure) {}

    private final Executor thread;
    private final Work<T, R> work;
    private final Supplier<Meter> meters;
    private final Deque<T> waiting;
    private final int limit;

    private @Nullable BiConsumer<T, VerifierException> failed;

    private final Set<Meter> running = ConcurrentHashMap.newKeySet();
    private final BlockingQueue<Outcome<T, R>> outcomes = new LinkedBlockingQueue<>();
    private volatile boolean stopped;
    private int inFlight;

    /**
     * @param items to be worked on, in this order
     * @param limit how many at a time
     * @param thread the policy's
     * @param meters makes each problem's meter when it begins
     */
    public ProblemStream(Collection<T> items, int limit, Executor thread, Supplier<Meter> meters, Work<T, R> work) {
        waiting = new ArrayDeque<>(items);
        this.limit = limit;
        this.thread = thread;
        this.meters = meters;
        this.work = work;
    }

    /**
     * Has those go on whose verifier does not fail. Without this, what fails one fails all.
     *
     * @param told of each failure, on the thread that calls {@link #forEach}
     */
    public ProblemStream<T, R> failing(BiConsumer<T, VerifierException> told) {
        failed = told;
        return this;
    }

    /**
     * Does all and waits for the last; not to be called on the policy's thread. If one fails, the others are stopped.
     *
     * @param each is given the results as they come, on the calling thread; of what {@link #stop} cancels, a search still
     *     has a result, and what has none is left out
     * @return whether all is done; false if the stream was stopped
     * @throws EspalierException if the work on one of them fails
     */
    public boolean forEach(BiConsumer<T, R> each) {
        thread.execute(() -> {
            for (int i = 0; i < limit && !waiting.isEmpty(); i++) {
                startNext();
            }
            if (inFlight == 0) {
                outcomes.add(new Outcome<>(null, null, null));
            }
        });
        RuntimeException failure = null;
        while (true) {
            Outcome<T, R> outcome = take();
            T item = outcome.item;
            R result = outcome.result;
            if (item == null) {
                break;
            }
            if (failure != null) {
                continue;
            }
            try {
                if (result != null) {
                    each.accept(item, result);
                } else if (failed != null && outcome.failure instanceof VerifierException alone) {
                    failed.accept(item, alone);
                } else if (!stopped || !(outcome.failure instanceof CancellationException)) {
                    failure = failure(item, outcome.failure);
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
        T item = waiting.removeFirst();
        Meter meter = meters.get();
        running.add(meter);
        if (stopped) {
            meter.cancel();
        }
        inFlight++;
        CompletableFuture<R> result;
        try {
            result = work.start(item, meter);
        } catch (RuntimeException e) {
            result = CompletableFuture.failedFuture(e);
        }
        CompletableFuture<R> unused = result.whenComplete((found, thrown) -> {
            running.remove(meter);
            inFlight--;
            outcomes.add(new Outcome<>(item, found, thrown == null ? null : Futures.cause(thrown)));
            if (thrown != null && !(failed != null && Futures.cause(thrown) instanceof VerifierException)) {
                stop();
            }
            if (!stopped && !waiting.isEmpty()) {
                startNext();
            } else if (inFlight == 0) {
                outcomes.add(new Outcome<>(null, null, null));
            }
        });
    }

    private Outcome<T, R> take() {
        while (true) {
            try {
                return outcomes.take();
            } catch (InterruptedException e) {
                stop();
            }
        }
    }

    private RuntimeException failure(T item, @Nullable Throwable cause) {
        if (cause instanceof Error error) {
            throw error;
        }
        if (cause instanceof EspalierException failed) {
            return new EspalierException(Wording.of("problem %s: %s", item.id(), failed.wording()), failed);
        }
        return cause instanceof RuntimeException runtime ? runtime : new IllegalStateException(cause);
    }
}
