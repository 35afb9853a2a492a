package org.espalier.engine;

import java.util.ArrayDeque;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.espalier.engine.Demand.State;
import org.espalier.model.EspalierException;
import org.espalier.model.Parameter;
import org.espalier.model.Step;
import org.espalier.model.StopReason;
import org.espalier.model.Wording;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Results that a step has finished. They are delivered once the step's own bookkeeping is done, because the callbacks
 * of the futures ask for more; whatever a callback throws is its own affair. Engine thread only.
 */
final class PendingResults {
    private final ArrayDeque<Runnable> queue = new ArrayDeque<>();
    /** Whose readers have failed. */
    private final ArrayDeque<Sequence> unread = new ArrayDeque<>();

    boolean isEmpty() {
        return queue.isEmpty();
    }

    /** A step's text has grown, which its reader is given if it has one. */
    void written(Sequence sequence, Generation generation) {
        String more = generation.unread();
        if (!more.isEmpty()) {
            queue.addLast(() -> tell(sequence, generation, more));
        }
    }

    /** A reader that throws fails its own step, and is given no more of it. */
    private void tell(Sequence sequence, Generation generation, String more) {
        if (generation.result.isDone()) {
            return;
        }
        try {
            generation.tell(more);
        } catch (RuntimeException | Error e) {
            unread.addLast(sequence);
            generation.result.completeExceptionally(e);
        }
    }

    /** The next sequence that is written for nobody, because its reader has failed; null if there is none. */
    @Nullable
    Sequence pollUnread() {
        return unread.pollFirst();
    }

    /** A step's text is complete; its sequence is parked once the batch is through. */
    void generated(Sequence sequence, Generation generation, StopReason reason) {
        queue.addLast(() -> finish(sequence, generation, reason));
        sequence.demand.generate(null);
        sequence.demand.enter(State.PARKED);
    }

    /** A sequence that nobody is given is closed here. */
    private static void finish(Sequence sequence, Generation generation, StopReason reason) {
        boolean taken = false;
        try {
            Throwable failure = generation.failure();
            if (failure != null) {
                generation.result.completeExceptionally(failure);
            } else {
                Step step = generation.finish(sequence, reason);
                taken = !generation.result.isDone();
                generation.result.complete(step);
            }
        } catch (RuntimeException | Error e) {
            generation.result.completeExceptionally(e);
        } finally {
            if (!taken) {
                sequence.close();
            }
        }
    }

    void scored(Sequence sequence, Scoring scoring) {
        queue.addLast(() -> scoring.result().complete(scoring.values()));
        sequence.demand.score(null);
    }

    /** Ends all that is asked of a sequence with what there is of it. */
    void ended(Sequence sequence, StopReason reason) {
        Generation generation = sequence.demand.generation();
        if (generation != null) {
            generated(sequence, generation, reason);
        }
        failScoring(
                sequence,
                () -> reason == StopReason.CANCELLED
                        ? new CancellationException("the run has ended")
                        : new EspalierException(Wording.of(
                                "the memory given to the PRM holds not even one path of %d tokens: raise %s or %s",
                                sequence.length(), Parameter.of("memory"), Parameter.of("context"))));
        for (int i = 0; i < sequence.demand.branches(); i++) {
            Sequence child = sequence.demand.branch(i);
            generated(child, Objects.requireNonNull(child.demand.generation()), reason);
        }
        sequence.demand.removeBranches(sequence.demand.branches());
    }

    /** Fails all that is asked of a sequence. What was being written is closed: nobody will be given it. */
    void failed(Sequence sequence, Throwable failure) {
        failScoring(sequence, () -> failure);
        failGeneration(sequence, failure);
        for (int i = 0; i < sequence.demand.branches(); i++) {
            failGeneration(sequence.demand.branch(i), failure);
        }
        sequence.demand.removeBranches(sequence.demand.branches());
    }

    private void failScoring(Sequence sequence, Supplier<? extends Throwable> failure) {
        Scoring scoring = sequence.demand.scoring();
        if (scoring != null) {
            fail(scoring.result(), failure.get());
            sequence.demand.score(null);
        }
    }

    private void failGeneration(Sequence sequence, Throwable failure) {
        Generation generation = sequence.demand.generation();
        if (generation != null) {
            fail(generation.result, failure);
            sequence.demand.generate(null);
            queue.addLast(sequence::close);
        }
    }

    private void fail(CompletableFuture<?> result, Throwable failure) {
        queue.addLast(() -> result.completeExceptionally(failure));
    }

    /** Completes the futures, and those of what their callbacks finish. */
    void deliver() {
        for (Runnable result = queue.pollFirst(); result != null; result = queue.pollFirst()) {
            try {
                result.run();
            } catch (RuntimeException | Error e) {
                log().error("a caller failed to take a result", e);
            }
        }
    }

    /** Asked for only where something is to be said: what logs takes a part of a start to come up. */
    private static Logger log() {
        return LoggerFactory.getLogger(PendingResults.class);
    }
}
