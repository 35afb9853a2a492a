package org.espalier.engine;

import java.util.ArrayDeque;
import java.util.List;
import java.util.function.Supplier;
import org.espalier.engine.Demand.State;
import org.jspecify.annotations.Nullable;

/**
 * Finds out which sequences make a step fail. After a step that failed, each sequence that may be at fault is computed
 * alone, in an empty cache or beside what has passed: one that fails again is at fault, and all others go on as if
 * nothing had been. What a sequence needs of its ancestors is part of its test. Engine thread only.
 */
final class Quarantine {
    private final ArrayDeque<Sequence> suspects = new ArrayDeque<>();
    private @Nullable Sequence tested;
    /** Whether each running sequence may have made the step fail, until they are separated. */
    private final boolean[] suspect = new boolean[SequenceIds.MAX];

    private final List<Sequence> running;
    private final int[] scheduled;
    private final BatchRows rows;
    private final WaitingQueue waiting;
    private final PendingResults results;

    /** @param scheduled tokens of each running sequence in the batch */
    Quarantine(List<Sequence> running, int[] scheduled, BatchRows rows, WaitingQueue waiting, PendingResults results) {
        this.running = running;
        this.scheduled = scheduled;
        this.rows = rows;
        this.waiting = waiting;
        this.results = results;
    }

    /** Returns whether one sequence is computed alone. */
    boolean isTesting() {
        return tested != null;
    }

    /** Goes on to the next suspect that still waits, if the one before is through or wanted no more. */
    void advance() {
        if (tested != null && tested.demand.isParked()) {
            tested = null;
        }
        while (tested == null && !suspects.isEmpty()) {
            Sequence next = suspects.removeFirst();
            tested = next.demand.isWaiting() ? next : null;
        }
    }

    /** Returns whether a sequence may be computed now. */
    boolean admits(Sequence sequence) {
        return tested == null || tested.isOrFollows(sequence);
    }

    /** Returns whether the tested sequence is in the cache to its end. */
    boolean isPassed() {
        return tested != null && tested.demand.isRunning() && tested.pending() == 0;
    }

    /** Ends the test. */
    void endTest() {
        tested = null;
    }

    /**
     * Suspects those with an unreadable row, and has all their rows ignored. A sequence of which no row was read is as
     * doubtful as one with an unreadable row.
     */
    void suspectUnreadable(Batch batch) {
        suspectAll();
        for (int row = 0; row < batch.rows(); row++) {
            if (batch.isReadable(row)) {
                suspect[place(row)] = false;
            }
        }
        for (int row = 0; row < batch.rows(); row++) {
            if (!batch.isReadable(row)) {
                suspect[place(row)] = true;
            }
        }
        for (int row = 0; row < batch.rows(); row++) {
            if (suspect[place(row)]) {
                rows.ignore(row);
            }
        }
    }

    /** Place among the running sequences of the one that a row's token is of. */
    private int place(int row) {
        return running.indexOf(rows.computed(row));
    }

    /** Suspects all that have tokens in the batch. */
    void suspectAll() {
        for (int i = 0; i < running.size(); i++) {
            suspect[i] = scheduled[i] > 0;
        }
    }

    /**
     * Fails the suspect that was tested alone, or has all suspects tested. Nothing runs afterwards.
     *
     * @return whether nobody is to be tested because of this step
     */
    boolean separate(Supplier<? extends Throwable> failure) {
        waiting.restore();
        boolean alone = isTesting();
        boolean added = false;
        for (int i = running.size() - 1; i >= 0; i--) {
            Sequence sequence = running.remove(i);
            if (suspect[i] && alone) {
                convict(sequence, failure.get());
            } else if (suspect[i] || (sequence.demand.isRunning() && sequence.demand.wantsLogits())) {
                waiting.addFirst(sequence);
                if (suspect[i]) {
                    suspects.addLast(sequence);
                    added = true;
                }
            } else {
                sequence.demand.enter(State.PARKED);
            }
        }
        return !added;
    }

    /** Fails all that is asked of a sequence and of those whose path leads through it. */
    private void convict(Sequence sequence, Throwable failure) {
        results.failed(sequence, failure);
        sequence.demand.enter(State.PARKED);
        for (Sequence other : waiting.list()) {
            if (other.isOrFollows(sequence)) {
                waiting.remove(other);
                results.failed(other, failure);
            }
        }
    }

    /** Tests nothing any more. */
    void clear() {
        suspects.clear();
        tested = null;
    }
}
