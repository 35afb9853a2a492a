package org.espalier.engine;

import java.util.ArrayDeque;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import org.espalier.engine.Sequence.State;
import org.espalier.model.EspalierException;
import org.espalier.model.Step;
import org.espalier.model.StopReason;

/**
 * What a step has finished. Delivered once the step's own bookkeeping is done, because the callbacks of the futures ask
 * for more. Engine thread only.
 */
final class Results {
    private final ArrayDeque<Runnable> queue = new ArrayDeque<>();

    boolean isEmpty() {
        return queue.isEmpty();
    }

    /** A step's text is complete; its sequence is parked once the batch is through. */
    void generated(Sequence sequence, Generation generation, StopReason reason) {
        sequence.generation = null;
        sequence.state = State.PARKED;
        Step step = generation.finish(sequence, reason);
        queue.addLast(() -> generation.result.complete(step));
    }

    void scored(Sequence sequence, Scoring scoring) {
        sequence.scoring = null;
        queue.addLast(() -> scoring.result.complete(scoring.values()));
    }

    /** Ends all that is asked of a sequence with what there is of it. */
    void ended(Sequence sequence, StopReason reason) {
        if (sequence.generation != null) {
            generated(sequence, sequence.generation, reason);
        }
        if (sequence.scoring != null) {
            RuntimeException failure = reason == StopReason.CANCELLED
                    ? new CancellationException("the run has ended")
                    : new EspalierException("the memory given to the PRM holds not even one path of "
                            + sequence.length() + " tokens: raise --memory or --context");
            fail(sequence.scoring.result, failure);
            sequence.scoring = null;
        }
        for (Sequence child : sequence.branches) {
            generated(child, Objects.requireNonNull(child.generation), reason);
        }
        sequence.branches.clear();
    }

    /** Fails all that is asked of a sequence. */
    void failed(Sequence sequence, Throwable failure) {
        if (sequence.generation != null) {
            fail(sequence.generation.result, failure);
        }
        if (sequence.scoring != null) {
            fail(sequence.scoring.result, failure);
        }
        for (Sequence child : sequence.branches) {
            fail(Objects.requireNonNull(child.generation).result, failure);
        }
        sequence.branches.clear();
    }

    private void fail(CompletableFuture<?> result, Throwable failure) {
        queue.addLast(() -> result.completeExceptionally(failure));
    }

    /** Completes the futures, and those of what their callbacks finish. */
    void deliver() {
        for (Runnable result = queue.pollFirst(); result != null; result = queue.pollFirst()) {
            result.run();
        }
    }
}
