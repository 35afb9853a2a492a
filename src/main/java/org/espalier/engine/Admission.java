package org.espalier.engine;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Decides which waiting sequence runs next, and gives it an id and its place in the cache. Engine thread only. */
final class Admission {
    /** Cells kept free for each running sequence when another one is to start. */
    private static final int GROWTH_CELLS = 8;

    private final KvCache kv;
    private final Batch batch;
    private final BatchRows rows;
    private final WaitingQueue waiting;
    private final Quarantine quarantine;

    Admission(KvCache kv, Batch batch, BatchRows rows, WaitingQueue waiting, Quarantine quarantine) {
        this.kv = kv;
        this.batch = batch;
        this.rows = rows;
        this.waiting = waiting;
        this.quarantine = quarantine;
    }

    /**
     * Takes the next sequence that may run out of the queue.
     *
     * @param running what runs already
     * @return null if none may now; those that were passed over are to be restored
     */
    @Nullable
    Sequence next(List<Sequence> running) {
        if (quarantine.isTesting() && !running.isEmpty()) {
            return null;
        }
        while (!waiting.isEmpty() && running.size() < SequenceIds.MAX) {
            if (batch.tokens() == batch.maxTokens()
                    || batch.operations() + Batch.OPERATIONS_PER_SEQUENCE > batch.maxOperations()) {
                return null;
            }
            Sequence sequence = waiting.poll();
            if (!quarantine.admits(sequence)) {
                waiting.putBack(sequence);
                continue;
            }
            if (!mayStart(sequence, running)) {
                waiting.putBack(sequence);
                return null;
            }
            Sequence parent = sequence.parent();
            if (!sequence.cells.hasId() && parent != null && !parent.cells.isHeld() && !sequence.cells.isHeld()) {
                waiting.putBack(sequence);
                if (parent.demand.isParked()) {
                    waiting.addFirst(parent);
                }
                continue;
            }
            if (!place(sequence, running.isEmpty())) {
                waiting.putBack(sequence);
                return null;
            }
            waiting.leave(sequence);
            if (sequence.pending() > 0 || kv.rewind(sequence)) {
                return sequence;
            }
            waiting.addFirst(sequence);
        }
        return null;
    }

    /** Gives a sequence an id, and room for a token; false if there is none. */
    private boolean place(Sequence sequence, boolean alone) {
        boolean room = kv.hasRoomFor(batch.tokens() + 1) || kv.evictFor(sequence) || alone;
        return room && (sequence.cells.hasId() || kv.acquire(sequence, alone));
    }

    /**
     * Returns whether a row and the cells of the whole path are at hand, with some left for those that run to grow. A
     * path that started with less would take away what another one has just computed, and neither would get on; one
     * that runs alone may take everything.
     */
    private boolean mayStart(Sequence sequence, List<Sequence> running) {
        if (sequence.demand.wantsOwnRow() && rows.spare() == 0) {
            return false;
        }
        int needed = batch.tokens() + sequence.missing() + GROWTH_CELLS * (running.size() + 1);
        while (!kv.hasRoomFor(needed)) {
            if (running.isEmpty()) {
                return true;
            }
            if (!kv.evictUnwantedFor(sequence)) {
                return false;
            }
        }
        return true;
    }
}
