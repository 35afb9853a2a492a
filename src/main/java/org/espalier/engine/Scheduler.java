package org.espalier.engine;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.espalier.engine.Sequence.Role;
import org.espalier.engine.Sequence.State;
import org.espalier.model.Meter.Count;
import org.espalier.model.StopReason;
import org.espalier.model.Tokenizer;
import org.jspecify.annotations.Nullable;

/**
 * Fills batches: one token of every sequence that is being sampled, then chunks of those with more to compute, then as
 * many waiting sequences as ids and cells allow; and takes the results back. Engine thread only.
 */
final class Scheduler {
    /** Cells kept free for each running sequence when another one is to start. */
    private static final int GROWTH_CELLS = 8;

    private final KvCache kv;
    private final Batch batch;

    private final ArrayDeque<Sequence> waiting = new ArrayDeque<>();
    private final ArrayDeque<Sequence> deferred = new ArrayDeque<>();
    private final List<Sequence> running = new ArrayList<>();
    /** Tokens of each running sequence in the current batch, by its place in {@link #running}. */
    private final int[] scheduled = new int[SequenceIds.MAX];

    private final Rows rows;

    private final Results results = new Results();
    private final Draws draws;

    /** The cache had no room for the last batch: what runs goes on alone until one is decoded. */
    private boolean refused;

    private long step;
    private long admissions;

    /** @param maxLength tokens that a path can have */
    Scheduler(Tokenizer tokenizer, KvCache kv, Batch batch, int maxLength) {
        this.kv = kv;
        this.batch = batch;
        rows = new Rows(batch);
        draws = new Draws(batch, rows, results, tokenizer, maxLength, this::defer);
    }

    boolean hasWork() {
        return !running.isEmpty() || !waiting.isEmpty() || !results.isEmpty();
    }

    /** Samples a child from the logits after its parent's last token. */
    void branch(Sequence child) {
        Sequence parent = Objects.requireNonNull(child.parent);
        parent.branches.add(child);
        parent.riders += parent.common ? 1 : 0;
        if (parent.state == State.PARKED) {
            enqueue(parent);
        }
    }

    /**
     * Queues a sequence whose tokens are to be computed, before all that wait already: what goes on finishes sooner than
     * what has to begin, and its prefix is still in the cache. Its parent keeps its cells until it has shared them.
     */
    void enqueue(Sequence sequence) {
        markWaiting(sequence);
        waiting.addFirst(sequence);
    }

    private static void markWaiting(Sequence sequence) {
        sequence.state = State.WAITING;
        if (sequence.parent != null) {
            sequence.parent.pins++;
            sequence.parent.forked = true;
        }
    }

    /** Gives back the cells of a closed sequence once nothing needs them. */
    void releaseIfUnused(Sequence sequence) {
        if (sequence.isClosed()
                && sequence.state == State.PARKED
                && sequence.pins == 0
                && sequence.seqId != Sequence.NONE) {
            kv.release(sequence);
        }
    }

    /** Ends what belongs to runs that have reached a limit. */
    void endExceeded() {
        for (int i = running.size() - 1; i >= 0; i--) {
            Sequence sequence = running.get(i);
            if (isExceeded(sequence)) {
                running.remove(i);
                results.ended(sequence, StopReason.CANCELLED);
                park(sequence);
            }
        }
        while (!waiting.isEmpty()) {
            Sequence sequence = waiting.pollFirst();
            if (isExceeded(sequence)) {
                results.ended(sequence, StopReason.CANCELLED);
                park(sequence);
                unpinParent(sequence);
            } else {
                deferred.addLast(sequence);
            }
        }
        restoreDeferred();
    }

    private static boolean isExceeded(Sequence sequence) {
        return sequence.meter.exceeded().isPresent();
    }

    /** Plans the next batch. */
    void schedule() {
        step++;
        int decoding = 0;
        for (int i = 0; i < running.size(); i++) {
            decoding += running.get(i).pending() == 1 ? 1 : 0;
        }
        makeRoom(decoding);
        rows.reserveFor(running);
        for (int i = 0; i < running.size(); i++) {
            scheduled[i] = 0;
            if (running.get(i).pending() == 1) {
                add(i, kv.hasRoomFor(batch.tokens() + 1) ? 1 : 0);
            }
        }
        for (int i = 0; i < running.size(); i++) {
            if (running.get(i).pending() > 1) {
                add(i, chunk(running.get(i).pending()));
            }
        }
        admit();
        if (batch.tokens() == 0 && !running.isEmpty()) {
            yieldCells();
        }
    }

    /** Evicts, and where that is not enough preempts the youngest, until the next token of all the others fits. */
    private void makeRoom(int decoding) {
        int needed = decoding;
        while (!kv.hasRoomFor(needed)) {
            if (kv.evictOne()) {
                continue;
            }
            if (running.size() <= 1) {
                return;
            }
            needed -= preemptYoungest();
        }
    }

    /** Returns how many tokens less the batch needs. */
    private int preemptYoungest() {
        Sequence youngest = running.get(0);
        for (int i = 1; i < running.size(); i++) {
            Sequence sequence = running.get(i);
            youngest = sequence.admitted > youngest.admitted ? sequence : youngest;
        }
        int freed = youngest.pending() == 1 ? 1 : 0;
        running.remove(youngest);
        // Behind all others: in front of them it would take back the room that it made.
        markWaiting(youngest);
        waiting.addLast(youngest);
        kv.release(youngest);
        youngest.meter.add(Count.PREEMPTIONS, 1);
        return freed;
    }

    /** Called when the cache cannot take another token: the youngest makes room, the last one left has to stop. */
    private void yieldCells() {
        if (kv.evictOne()) {
            return;
        }
        if (running.size() > 1) {
            preemptYoungest();
        } else if (!running.isEmpty()) {
            Sequence last = running.remove(0);
            results.ended(last, StopReason.CONTEXT);
            park(last);
        }
    }

    /** How much of a longer stretch still fits into this batch and the cache. */
    private int chunk(int pending) {
        int tokens = Math.min(pending, batch.maxTokens() - batch.tokens());
        while (tokens > 0 && !kv.hasRoomFor(batch.tokens() + tokens)) {
            if (!kv.evictOne()) {
                tokens /= 2;
            }
        }
        return tokens;
    }

    private void admit() {
        if (refused && batch.tokens() > 0) {
            return;
        }
        while (!waiting.isEmpty() && running.size() < scheduled.length) {
            if (batch.tokens() == batch.maxTokens() || batch.operations() + 4 > batch.maxOperations()) {
                break;
            }
            Sequence sequence = waiting.pollFirst();
            if (!mayStart(sequence)) {
                deferred.addLast(sequence);
                break;
            }
            Sequence parent = sequence.parent;
            if (sequence.seqId == Sequence.NONE && parent != null && !parent.isHeld() && !sequence.isHeld()) {
                deferred.addLast(sequence);
                if (parent.state == State.PARKED) {
                    enqueue(parent);
                }
                continue;
            }
            boolean room = kv.hasRoomFor(batch.tokens() + 1) || kv.evictFor(sequence) || running.isEmpty();
            if (!room || (sequence.seqId == Sequence.NONE && !kv.acquire(sequence, running.isEmpty()))) {
                deferred.addLast(sequence);
                break;
            }
            unpinParent(sequence);
            if (sequence.pending() == 0 && !kv.rewind(sequence)) {
                enqueue(sequence);
                continue;
            }
            sequence.state = State.RUNNING;
            sequence.admitted = admissions++;
            running.add(sequence);
            rows.reserveFor(sequence);
            add(running.size() - 1, chunk(sequence.pending()));
        }
        restoreDeferred();
    }

    /**
     * Whether a row and the cells of the whole path are at hand, with some left for those that run to grow. A path that
     * started with less would take away what another one has just computed, and neither would get on; one that runs alone
     * may take everything.
     */
    private boolean mayStart(Sequence sequence) {
        if (sequence.wantsOwnRow() && rows.spare() == 0) {
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

    private void restoreDeferred() {
        while (!deferred.isEmpty()) {
            waiting.addFirst(deferred.pollLast());
        }
    }

    private void unpinParent(Sequence sequence) {
        Sequence parent = sequence.parent;
        if (parent != null) {
            parent.pins--;
            releaseIfUnused(parent);
        }
    }

    private void add(int index, int planned) {
        Sequence sequence = running.get(index);
        int tokens = planned;
        boolean reachesEnd = sequence.cached + planned == sequence.length();
        // What needs more rows than its own waits for a step with rows to spare.
        if (reachesEnd && !sequence.branches.isEmpty() && rows.spare() == 0) {
            tokens--;
        }
        Scoring scoring = sequence.scoring;
        if (scoring != null && scoring.targets != null) {
            tokens = Math.min(tokens, rows.spare());
        }
        scheduled[index] = tokens;
        sequence.lastUsed = step;
        for (int i = 0; i < tokens; i++) {
            int position = sequence.cached + i;
            int at = batch.add(sequence.tokenAt(position), position, sequence.seqId);
            if (scoring != null && scoring.targets != null) {
                rows.addTarget(sequence, at, position, scoring.targets[position - sequence.start]);
            } else if (position == sequence.length() - 1) {
                rows.addLast(sequence, at);
            }
        }
    }

    /**
     * When all runs that lose something by it have to end if the batch is abandoned, by {@link System#nanoTime()};
     * {@link Long#MAX_VALUE} if one of them need not. A batch that a run without a deadline takes part in is computed to its
     * end: it has at most {@link Batch#maxTokens} tokens.
     */
    long deadlineNanos() {
        boolean any = false;
        long latest = 0;
        for (int i = 0; i < running.size() + kv.ids(); i++) {
            Sequence sequence = losing(i);
            if (sequence == null) {
                continue;
            }
            long deadline = sequence.meter.deadlineNanos();
            if (deadline == Long.MAX_VALUE) {
                return Long.MAX_VALUE;
            }
            latest = any && latest - deadline > 0 ? latest : deadline;
            any = true;
        }
        return any ? latest : Long.MAX_VALUE;
    }

    /** Whether every run that loses something if the batch is abandoned has ended. Other threads ask while it is computed. */
    boolean isForEndedRunsOnly() {
        for (int i = 0; i < running.size() + kv.ids(); i++) {
            Sequence sequence = losing(i);
            if (sequence != null && !isExceeded(sequence)) {
                return false;
            }
        }
        return true;
    }

    /**
     * What loses something if the batch is abandoned: the sequences with tokens in it and, where that empties the cache, all
     * that are in there. Null if there is none at this index of both.
     */
    private @Nullable Sequence losing(int index) {
        if (index < running.size()) {
            return scheduled[index] > 0 ? running.get(index) : null;
        }
        return kv.rollsBack() ? null : kv.owner(index - running.size());
    }

    /** Takes a decoded batch into account: sampled tokens are appended, scores read, finished sequences parked. */
    void postprocess() {
        refused = false;
        for (int i = 0; i < running.size(); i++) {
            Sequence sequence = running.get(i);
            if (scheduled[i] > 0) {
                kv.decoded(sequence, scheduled[i]);
                sequence.count(scheduled[i]);
                if (sequence.role == Role.POLICY) {
                    sequence.meter.countStep(this, step);
                }
            }
        }
        for (int row = 0; row < batch.rows(); row++) {
            Sequence reader = rows.reader(row);
            Scoring scoring = reader.scoring;
            if (scoring == null && reader.state == State.PARKED) {
                row = draws.takeBranches(row) - 1;
            } else if (scoring == null) {
                draws.take(row);
            } else if (scoring.read(batch, row, rows.position(row) - reader.start)) {
                results.scored(reader, scoring);
            }
        }
        restoreDeferred();
        rows.clear();
        batch.clear();
        parkFinished();
    }

    /** Has a sequence computed from the next step on. */
    private void defer(Sequence sequence) {
        markWaiting(sequence);
        deferred.addLast(sequence);
    }

    private void parkFinished() {
        int kept = 0;
        for (int i = 0; i < running.size(); i++) {
            Sequence sequence = running.get(i);
            boolean complete = sequence.pending() == 0;
            if (complete) {
                kv.complete(sequence);
            }
            if (sequence.state == State.PARKED || (complete && !sequence.wantsLogits())) {
                park(sequence);
            } else if (complete && !kv.rewind(sequence)) {
                enqueue(sequence);
            } else {
                running.set(kept++, sequence);
            }
        }
        for (int i = running.size() - 1; i >= kept; i--) {
            running.remove(i);
        }
    }

    private void park(Sequence sequence) {
        sequence.state = State.PARKED;
        releaseIfUnused(sequence);
    }

    /** The cache had no room after all, though by count it should: it may be fragmented. */
    void refuse() {
        abandon();
        refused = true;
        yieldCells();
    }

    /** The decode was abandoned or refused: its copies and removals were made, its tokens were not. */
    void abandon() {
        rows.clear();
        batch.clear();
    }

    /** The context lost all its cells: what runs starts again from its tokens. */
    void restart() {
        abandon();
        kv.clear();
        while (!running.isEmpty()) {
            enqueue(running.remove(running.size() - 1));
        }
    }

    /** Fails everything that is asked for. */
    void fail(Throwable failure) {
        restoreDeferred();
        List<Sequence> failed = new ArrayList<>(running);
        failed.addAll(waiting);
        running.clear();
        waiting.clear();
        for (Sequence sequence : failed) {
            sequence.state = State.PARKED;
            results.failed(sequence, failure);
        }
    }

    /** Completes the futures of what has finished; their callbacks may ask for more. */
    void deliver() {
        results.deliver();
    }
}
