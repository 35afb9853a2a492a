package org.espalier.engine;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.espalier.engine.Demand.State;
import org.jspecify.annotations.Nullable;

/**
 * Sequences that wait to be computed. The parent of one that waits is pinned: it keeps its cells until the child has shared
 * them. Engine thread only.
 */
final class WaitingQueue {
    private final ArrayDeque<Sequence> waiting = new ArrayDeque<>();
    /** Passed over in this step, in the order in which they were. */
    private final ArrayDeque<Sequence> deferred = new ArrayDeque<>();

    private final Consumer<Sequence> unpinned;
    /** Taken out last, so that it is not lost if something fails before it has another place. */
    private @Nullable Sequence inHand;

    /** @param unpinned is given each parent that has one pin less */
    WaitingQueue(Consumer<Sequence> unpinned) {
        this.unpinned = unpinned;
    }

    boolean isEmpty() {
        return waiting.isEmpty();
    }

    /** Puts a sequence before all that wait already. */
    void addFirst(Sequence sequence) {
        mark(sequence);
        waiting.addFirst(sequence);
    }

    /** Puts a sequence behind all that wait already. */
    void addLast(Sequence sequence) {
        mark(sequence);
        waiting.addLast(sequence);
    }

    /** Queues a sequence whose turn comes after this step. */
    void addDeferred(Sequence sequence) {
        mark(sequence);
        deferred.addLast(sequence);
    }

    private static void mark(Sequence sequence) {
        sequence.demand.enter(State.WAITING);
        Sequence parent = sequence.parent();
        if (parent != null) {
            parent.demand.pin();
            parent.fork();
        }
    }

    /** Takes the first one out, which is still marked as waiting: to be put back, or to {@linkplain #leave leave}. */
    Sequence poll() {
        Sequence first = waiting.removeFirst();
        inHand = first;
        return first;
    }

    /** Passes over the one that was taken out. */
    void putBack(Sequence sequence) {
        deferred.addLast(sequence);
    }

    /** Puts those that were passed over back where they were. */
    void restore() {
        while (!deferred.isEmpty()) {
            waiting.addFirst(deferred.pollLast());
        }
    }

    /** The one that was taken out does not wait any more. */
    void leave(Sequence sequence) {
        Sequence parent = sequence.parent();
        if (parent != null) {
            parent.demand.unpin();
            unpinned.accept(parent);
        }
    }

    /** Takes out a sequence wherever it stands. */
    void remove(Sequence sequence) {
        if (waiting.remove(sequence)) {
            sequence.demand.enter(State.PARKED);
            leave(sequence);
        }
    }

    /** Those that wait, in their order. */
    List<Sequence> list() {
        return new ArrayList<>(waiting);
    }

    /** Takes all out, with one that was in hand when something failed. */
    List<Sequence> drain() {
        restore();
        List<Sequence> drained = list();
        waiting.clear();
        if (inHand != null && inHand.demand.isWaiting() && !drained.contains(inHand)) {
            drained.add(inHand);
        }
        inHand = null;
        for (Sequence sequence : drained) {
            sequence.demand.enter(State.PARKED);
            leave(sequence);
        }
        return drained;
    }
}
