package org.espalier.engine;

import org.jspecify.annotations.Nullable;

/**
 * Which sequence holds which cells. Plans the copies and removals that llama.cpp then makes, and keeps the count of live
 * cells, so that a batch that does not fit is not sent. Engine thread only.
 */
final class KvCache {
    /** What is lost with a sequence: an id only; cells that nobody waits for; cells that will be computed again. */
    private static final int SHARED_COST = 0;

    private static final int UNWANTED_COST = 1;
    private static final int MAX_COST = 2;

    /** Ids without which branches wait for each other for ever: a path's and its parent's. */
    private static final int LEAST_SEQUENCES = 2;
    /** The same where a state cannot be shared: what the two evict for the next needs an id each as well. */
    static final int LEAST_WHOLE_SEQUENCES = 4;

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

    /** How many sequence ids a context must have. */
    static int leastSequences(ModelRunner.Capacity capacity) {
        return capacity.partialCopy() ? LEAST_SEQUENCES : LEAST_WHOLE_SEQUENCES;
    }

    /** How many sequences can have an id at a time. */
    int ids() {
        return owners.length;
    }

    /** The sequence that has this id; null if it is free. */
    @Nullable
    Sequence owner(int id) {
        return owners[id];
    }

    /** Whether a decode can be undone: otherwise one that is abandoned empties the cache. */
    boolean rollsBack() {
        return capacity.partialCopy();
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
     * @param evictWanted whether another sequence may lose cells that are waited for
     * @return false if there is no id to be had
     */
    boolean acquire(Sequence sequence, boolean evictWanted) {
        Sequence parent = sequence.parent;
        if (parent != null && mayAdopt(parent)) {
            adopt(sequence, parent);
            return true;
        }
        int id = freeId();
        if (id == Sequence.NONE) {
            if (!(evictWanted ? evictFor(sequence) : evictUnwantedFor(sequence))) {
                return false;
            }
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
        sequence.duplicates = parent.duplicates;
        parent.seqId = Sequence.NONE;
        parent.cached = 0;
        parent.duplicates = 0;
        parent.lastIsDuplicate = false;
        if (!capacity.partialCopy()) {
            // The recurrent state moves on with the child: nobody can share the parent's place any more.
            parent.holders.remove(sequence.seqId);
        }
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
        if (sequence.lastIsDuplicate) {
            sequence.lastIsDuplicate = false;
            sequence.duplicates--;
            liveCells--;
        } else if (!sequence.isHeld()) {
            sequence.liveCells--;
            liveCells--;
        }
        return true;
    }

    /** Takes note that the sequence has decoded so many of its tokens. */
    void decoded(Sequence sequence, int tokens) {
        sequence.cached += tokens;
        int fresh = Math.max(0, sequence.cached - sequence.start - sequence.liveCells);
        sequence.liveCells += fresh;
        sequence.duplicates += tokens - fresh;
        sequence.lastIsDuplicate = fresh == 0 && sequence.pending() == 0;
        liveCells += tokens;
        peakCells = Math.max(peakCells, liveCells);
    }

    /** Takes a sequence's id away, with all cells that no other sequence holds. */
    void release(Sequence sequence) {
        int id = sequence.seqId;
        batch.remove(id, 0);
        owners[id] = null;
        sequence.seqId = Sequence.NONE;
        sequence.cached = 0;
        liveCells -= sequence.duplicates;
        sequence.duplicates = 0;
        sequence.lastIsDuplicate = false;
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

    /** As {@link #clear}, whatever the counts say: for when they cannot be relied on. */
    void forget() {
        for (int id = 0; id < owners.length; id++) {
            for (Sequence s = owners[id]; s != null; s = s.parent) {
                s.seqId = Sequence.NONE;
                s.cached = 0;
                s.holders.clear();
                s.liveCells = 0;
                s.duplicates = 0;
                s.lastIsDuplicate = false;
            }
            owners[id] = null;
        }
        liveCells = 0;
    }

    /** Evicts one parked sequence for the sake of those that run; false if there is none. */
    boolean evictOne() {
        return evict(null, MAX_COST);
    }

    /** Evicts one parked sequence for a waiting one, whose own cells and those it is to share stay; false if none is left. */
    boolean evictFor(Sequence sequence) {
        return evict(sequence, MAX_COST);
    }

    /** As {@link #evictFor}, but spares what others wait for. */
    boolean evictUnwantedFor(Sequence sequence) {
        return evict(sequence, UNWANTED_COST);
    }

    private boolean evict(@Nullable Sequence subject, int maxCost) {
        Sequence victim = evictable(subject, maxCost);
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
     * The parked sequence that costs least to lose: first one whose cells others hold too, then one that nobody waits
     * for, then the one used longest ago.
     */
    private @Nullable Sequence evictable(@Nullable Sequence subject, int maxCost) {
        Sequence kept = subject == null ? null : subject.nearestHeld();
        Sequence best = null;
        int bestCost = maxCost;
        for (Sequence owner : owners) {
            if (owner == null || owner == subject || owner.state == Sequence.State.RUNNING) {
                continue;
            }
            if (kept != null && kept.holders.firstBut(owner.seqId) == Sequence.NONE) {
                continue;
            }
            int cost = cost(owner);
            if (cost < bestCost || (cost == bestCost && (best == null || owner.lastUsed < best.lastUsed))) {
                best = owner;
                bestCost = cost;
            }
        }
        return best;
    }

    private static int cost(Sequence owner) {
        if (owner.holders.firstBut(owner.seqId) != Sequence.NONE) {
            return SHARED_COST;
        }
        boolean wanted = owner.pins > 0 || owner.state == Sequence.State.WAITING;
        return wanted ? MAX_COST : UNWANTED_COST;
    }
}
