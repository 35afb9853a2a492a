package org.espalier.engine;

import org.jspecify.annotations.Nullable;

/**
 * The record of which sequence holds which cells. Plans the copies and removals that llama.cpp then makes, and keeps
 * the count of live cells, so that a batch that does not fit is not sent. Engine thread only.
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

    /** The part of one sequence that is in the cache. Only the cache writes it. */
    static final class Cells {
        private int seqId = SequenceIds.NONE;
        private int end;
        private final SequenceIds holders = new SequenceIds();
        /** Own tokens in the cache under any id. */
        private int liveCells;
        /** Cells beyond those: tokens computed once more while another id holds them. Freed with {@link #seqId}. */
        private int duplicates;
        /** Whether the last token's cell is one of them. */
        private boolean lastIsDuplicate;
        /** Own tokens that have ever been in the cache: what is computed below this again is recomputation. */
        private int uniqueTokens;
        /** Engine step that used the sequence last. */
        private long lastUsed;

        /** Id under which the sequence's tokens are computed, or {@link SequenceIds#NONE}. */
        int seqId() {
            return seqId;
        }

        boolean hasId() {
            return seqId != SequenceIds.NONE;
        }

        /** Positions below this are in the cache under {@link #seqId}. */
        int end() {
            return end;
        }

        /** Returns whether an id holds all of the sequence's tokens, and so its ancestors'. */
        boolean isHeld() {
            return !holders.isEmpty();
        }

        /** Own tokens in the cache under any id. */
        int live() {
            return liveCells;
        }
    }

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

    /** Returns how many sequence ids a context must have. */
    static int leastSequences(ModelRunner.Capacity capacity) {
        return capacity.partialCopy() ? LEAST_SEQUENCES : LEAST_WHOLE_SEQUENCES;
    }

    /** Returns how many sequences can have an id at a time. */
    int ids() {
        return owners.length;
    }

    /** The sequence that has this id; null if it is free. */
    @Nullable
    Sequence owner(int id) {
        return owners[id];
    }

    /** Returns whether a decode can be undone: otherwise one that is abandoned empties the cache. */
    boolean rollsBack() {
        return capacity.partialCopy();
    }

    int liveCells() {
        return liveCells;
    }

    int peakCells() {
        return peakCells;
    }

    /** Returns whether so many tokens more can be decoded. With streams each sequence has cells of its own. */
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
        Sequence parent = sequence.parent();
        if (parent != null && mayAdopt(parent)) {
            adopt(sequence, parent);
            return true;
        }
        int id = freeId();
        if (id == SequenceIds.NONE) {
            if (!(evictWanted ? evictFor(sequence) : evictUnwantedFor(sequence))) {
                return false;
            }
            id = freeId();
        }
        owners[id] = sequence;
        sequence.cells.seqId = id;
        sequence.cells.end = 0;
        if (sequence.cells.isHeld() && capacity.partialCopy()) {
            share(sequence.cells.holders.first(), sequence, sequence.length() - 1);
        } else if (parent != null) {
            share(parent.cells.holders.first(), sequence, parent.length());
        }
        return true;
    }

    private void share(int donor, Sequence sequence, int end) {
        if (end > 0) {
            batch.copy(donor, sequence.cells.seqId, end);
        }
        sequence.cells.end = end;
        // A recurrent state stands at one position only: a longer sequence cannot give it to another child.
        if (capacity.partialCopy()) {
            for (Sequence s = sequence.parent(); s != null; s = s.parent()) {
                s.cells.holders.add(sequence.cells.seqId);
            }
        }
    }

    /** A closed parent whose last child this is hands its id down: no copy, and with streams no second set of cells. */
    private static boolean mayAdopt(Sequence parent) {
        return parent.isClosed()
                && parent.demand.pins() == 1
                && parent.cells.seqId != SequenceIds.NONE
                && parent.demand.isParked()
                && parent.pending() == 0;
    }

    private void adopt(Sequence sequence, Sequence parent) {
        sequence.cells.seqId = parent.cells.seqId;
        sequence.cells.end = parent.cells.end;
        owners[sequence.cells.seqId] = sequence;
        sequence.cells.duplicates = parent.cells.duplicates;
        parent.cells.seqId = SequenceIds.NONE;
        parent.cells.end = 0;
        parent.cells.duplicates = 0;
        parent.cells.lastIsDuplicate = false;
        if (!capacity.partialCopy()) {
            // The recurrent state moves on with the child: nobody can share the parent's place any more.
            parent.cells.holders.remove(sequence.cells.seqId);
        }
    }

    /** Takes note that all tokens of a sequence are in the cache and stay there: children may share them. */
    void complete(Sequence sequence) {
        sequence.cells.holders.add(sequence.cells.seqId);
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
        batch.remove(sequence.cells.seqId, sequence.length() - 1);
        sequence.cells.end = sequence.length() - 1;
        sequence.cells.holders.remove(sequence.cells.seqId);
        if (sequence.cells.lastIsDuplicate) {
            sequence.cells.lastIsDuplicate = false;
            sequence.cells.duplicates--;
            liveCells--;
        } else if (!sequence.cells.isHeld()) {
            sequence.cells.liveCells--;
            liveCells--;
        }
        return true;
    }

    /**
     * Takes note that the sequence has decoded so many of its tokens.
     *
     * @return those of them that had never been in the cache: the others were computed again
     */
    int decoded(Sequence sequence, int tokens) {
        Cells cells = sequence.cells;
        cells.end += tokens;
        int own = cells.end - sequence.start();
        int live = Math.max(0, own - cells.liveCells);
        cells.liveCells += live;
        cells.duplicates += tokens - live;
        cells.lastIsDuplicate = live == 0 && sequence.pending() == 0;
        liveCells += tokens;
        peakCells = Math.max(peakCells, liveCells);
        int fresh = Math.max(0, own - cells.uniqueTokens);
        cells.uniqueTokens += fresh;
        return fresh;
    }

    /** Takes note that a step uses the sequence: what was used longest ago is evicted first. */
    void used(Sequence sequence, long step) {
        sequence.cells.lastUsed = step;
    }

    /** Takes a sequence's id away, with all cells that no other sequence holds. */
    void release(Sequence sequence) {
        int id = sequence.cells.seqId;
        batch.remove(id, 0);
        owners[id] = null;
        sequence.cells.seqId = SequenceIds.NONE;
        sequence.cells.end = 0;
        liveCells -= sequence.cells.duplicates;
        sequence.cells.duplicates = 0;
        sequence.cells.lastIsDuplicate = false;
        for (Sequence s = sequence; s != null; s = s.parent()) {
            s.cells.holders.remove(id);
            if (!s.cells.isHeld()) {
                int left = s.cells.seqId == SequenceIds.NONE ? 0 : Math.max(0, s.cells.end - s.start());
                liveCells -= s.cells.liveCells - left;
                s.cells.liveCells = left;
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

    /** Forgets everything, whatever the counts say: for when they cannot be relied on. */
    void forget() {
        for (int id = 0; id < owners.length; id++) {
            for (Sequence s = owners[id]; s != null; s = s.parent()) {
                s.cells.seqId = SequenceIds.NONE;
                s.cells.end = 0;
                s.cells.holders.clear();
                s.cells.liveCells = 0;
                s.cells.duplicates = 0;
                s.cells.lastIsDuplicate = false;
            }
            owners[id] = null;
        }
        liveCells = 0;
    }

    /** Evicts one parked sequence for the sake of those that run; false if there is none. */
    boolean evictOne() {
        return evict(null, MAX_COST);
    }

    /**
     * Evicts one parked sequence for a waiting one, whose own cells and those it is to share stay; false if none is
     * left.
     */
    boolean evictFor(Sequence sequence) {
        return evict(sequence, MAX_COST);
    }

    /** Evicts one parked sequence as {@link #evictFor} does, but spares what others wait for. */
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
        return SequenceIds.NONE;
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
            if (owner == null || owner == subject || owner.demand.isRunning()) {
                continue;
            }
            if (kept != null && kept.cells.holders.firstBut(owner.cells.seqId) == SequenceIds.NONE) {
                continue;
            }
            int cost = cost(owner);
            if (cost < bestCost || (cost == bestCost && (best == null || owner.cells.lastUsed < best.cells.lastUsed))) {
                best = owner;
                bestCost = cost;
            }
        }
        return best;
    }

    private static int cost(Sequence owner) {
        if (owner.cells.holders.firstBut(owner.cells.seqId) != SequenceIds.NONE) {
            return SHARED_COST;
        }
        boolean wanted = owner.demand.pins() > 0 || owner.demand.isWaiting();
        return wanted ? MAX_COST : UNWANTED_COST;
    }
}
