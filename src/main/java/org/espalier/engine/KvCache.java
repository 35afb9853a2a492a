package org.espalier.engine;

import org.jspecify.annotations.Nullable;

/**
 * Which sequence holds which cells. Plans the copies and removals that llama.cpp then makes, and keeps the count of live
 * cells, so that a batch that does not fit is not sent. Engine thread only.
 */
final class KvCache {
    private final Batch batch;
    private final ModelRunner.Capacity capacity;
    /** The sequence that computes under each id; null where the id is free. */
    private final @Nullable Sequence[] owners;

    private int liveCells;
    private int peakCells;

    KvCache(Batch batch, ModelRunner.Capacity capacity) {
        this.batch = batch;
        this.capacity = capacity;
        owners = new @Nullable Sequence[Math.min(capacity.maxSequences(), SequenceIds.MAX)];
    }

    int liveCells() {
        return liveCells;
    }

    int peakCells() {
        return peakCells;
    }

    /** Whether so many tokens more can be decoded. With streams each sequence has cells of its own. */
    boolean hasRoomFor(int tokens) {
        return !capacity.unified() || liveCells + tokens <= capacity.cells();
    }

    /**
     * Gives a sequence an id under which it shares all that its ancestors, or it itself, have in the cache. Its parent
     * must be held.
     *
     * @return false if all ids are running
     */
    boolean acquire(Sequence sequence) {
        Sequence parent = sequence.parent;
        if (parent != null && mayAdopt(parent)) {
            adopt(sequence, parent);
            return true;
        }
        int id = freeId();
        if (id == Sequence.NONE) {
            Sequence victim = evictable(sequence.isHeld() ? sequence : parent);
            if (victim == null) {
                return false;
            }
            release(victim);
            id = freeId();
        }
        owners[id] = sequence;
        sequence.seqId = id;
        sequence.cached = 0;
        if (sequence.isHeld() && capacity.partialCopy()) {
            share(sequence.holders.first(), sequence, sequence.length() - 1);
        } else if (parent != null) {
            share(parent.holders.first(), sequence, parent.length());
        }
        return true;
    }

    private void share(int donor, Sequence sequence, int end) {
        if (end > 0) {
            batch.copy(donor, sequence.seqId, end);
        }
        sequence.cached = end;
        // A recurrent state stands at one position only: a longer sequence cannot give it to another child.
        if (capacity.partialCopy()) {
            for (Sequence s = sequence.parent; s != null; s = s.parent) {
                s.holders.add(sequence.seqId);
            }
        }
    }

    /** A closed parent whose last child this is hands its id down: no copy, and with streams no second set of cells. */
    private static boolean mayAdopt(Sequence parent) {
        return parent.isClosed()
                && parent.pins == 1
                && parent.seqId != Sequence.NONE
                && parent.state == Sequence.State.PARKED
                && parent.pending() == 0;
    }

    private void adopt(Sequence sequence, Sequence parent) {
        sequence.seqId = parent.seqId;
        sequence.cached = parent.cached;
        owners[sequence.seqId] = sequence;
        parent.seqId = Sequence.NONE;
        parent.cached = 0;
    }

    /** Takes note that all tokens of a sequence are in the cache and stay there: children may share them. */
    void complete(Sequence sequence) {
        sequence.holders.add(sequence.seqId);
    }

    /**
     * Makes a running sequence decode its last token once more, because logits are wanted that have been read already.
     *
     * @return false if this memory cannot go back: the sequence has lost its id
     */
    boolean rewind(Sequence sequence) {
        if (!capacity.partialCopy()) {
            release(sequence);
            return false;
        }
        batch.remove(sequence.seqId, sequence.length() - 1);
        sequence.cached = sequence.length() - 1;
        sequence.holders.remove(sequence.seqId);
        return true;
    }

    /** Takes note that the sequence has decoded so many of its tokens. */
    void decoded(Sequence sequence, int tokens) {
        sequence.cached += tokens;
        int own = sequence.cached - sequence.start;
        if (own > sequence.liveCells) {
            liveCells += own - sequence.liveCells;
            sequence.liveCells = own;
            peakCells = Math.max(peakCells, liveCells);
        }
    }

    /** Takes a sequence's id away, with all cells that no other sequence holds. */
    void release(Sequence sequence) {
        int id = sequence.seqId;
        batch.remove(id, 0);
        owners[id] = null;
        sequence.seqId = Sequence.NONE;
        sequence.cached = 0;
        for (Sequence s = sequence; s != null; s = s.parent) {
            s.holders.remove(id);
            if (!s.isHeld()) {
                int left = s.seqId == Sequence.NONE ? 0 : Math.max(0, s.cached - s.start);
                liveCells -= s.liveCells - left;
                s.liveCells = left;
            }
        }
    }

    /** Forgets everything: the context has lost its cells. */
    void clear() {
        for (int id = 0; id < owners.length; id++) {
            Sequence owner = owners[id];
            if (owner != null) {
                release(owner);
            }
        }
    }

    /** Evicts one parked sequence; false if there is none. */
    boolean evictOne() {
        Sequence victim = evictable(null);
        if (victim == null) {
            return false;
        }
        release(victim);
        return true;
    }

    private int freeId() {
        for (int id = 0; id < owners.length; id++) {
            if (owners[id] == null) {
                return id;
            }
        }
        return Sequence.NONE;
    }

    /**
     * The parked sequence that costs least to lose: first one whose cells others hold too, then one that no child waits
     * for, then the one used longest ago.
     *
     * @param keep must still be held by some id afterwards
     */
    private @Nullable Sequence evictable(@Nullable Sequence keep) {
        Sequence best = null;
        int bestCost = Integer.MAX_VALUE;
        for (Sequence owner : owners) {
            if (owner == null || owner.state == Sequence.State.RUNNING) {
                continue;
            }
            if (keep != null && keep.holders.firstBut(owner.seqId) == Sequence.NONE) {
                continue;
            }
            boolean shared = owner.holders.firstBut(owner.seqId) != Sequence.NONE;
            boolean wanted = owner.pins > 0 || owner.state == Sequence.State.WAITING;
            int cost = shared ? 0 : wanted ? 2 : 1;
            if (best == null || cost < bestCost || (cost == bestCost && owner.lastUsed < best.lastUsed)) {
                best = owner;
                bestCost = cost;
            }
        }
        return best;
    }
}
