package org.espalier.engine;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import org.espalier.engine.Sequence.Role;
import org.espalier.engine.Sequence.State;
import org.espalier.model.EspalierException;
import org.espalier.model.Meter.Count;
import org.espalier.model.Step;
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

    private final Tokenizer tokenizer;
    private final KvCache kv;
    private final Batch batch;
    private final int maxLength;

    private final ArrayDeque<Sequence> waiting = new ArrayDeque<>();
    private final ArrayDeque<Sequence> deferred = new ArrayDeque<>();
    private final List<Sequence> running = new ArrayList<>();
    /** Tokens of each running sequence in the current batch, by its place in {@link #running}. */
    private final int[] scheduled = new int[SequenceIds.MAX];
    /** For whom each row of the current batch is read, and after which of its positions. */
    private final @Nullable Sequence[] readers;

    private final int[] readPositions;
    /** Results of this step, delivered once its own bookkeeping is done: their callbacks ask for more. */
    private final ArrayDeque<Runnable> results = new ArrayDeque<>();

    /** The cache had no room for the last batch: what runs goes on alone until one is decoded. */
    private boolean refused;
    /** Rows of the current batch that are kept for running sequences that will want one of their own. */
    private int reservedRows;

    private long step;
    private long admissions;

    /** @param maxLength tokens that a path can have */
    Scheduler(Tokenizer tokenizer, KvCache kv, Batch batch, int maxLength) {
        this.tokenizer = tokenizer;
        this.kv = kv;
        this.batch = batch;
        this.maxLength = maxLength;
        readers = new @Nullable Sequence[batch.maxRows()];
        readPositions = new int[batch.maxRows()];
    }

    boolean hasWork() {
        return !running.isEmpty() || !waiting.isEmpty() || !results.isEmpty();
    }

    /** Samples a child from the logits after its parent's last token. */
    void branch(Sequence child) {
        Sequence parent = Objects.requireNonNull(child.parent);
        parent.branches.add(child);
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
                end(sequence, StopReason.CANCELLED);
                park(sequence);
            }
        }
        while (!waiting.isEmpty()) {
            Sequence sequence = waiting.pollFirst();
            if (isExceeded(sequence)) {
                end(sequence, StopReason.CANCELLED);
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
        reservedRows = 0;
        for (int i = 0; i < running.size(); i++) {
            reservedRows += running.get(i).wantsOwnRow() ? 1 : 0;
        }
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
            end(last, StopReason.CONTEXT);
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
            reservedRows += sequence.wantsOwnRow() ? 1 : 0;
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
        if (sequence.wantsOwnRow() && spareRows() == 0) {
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
        if (reachesEnd && !sequence.branches.isEmpty() && spareRows() == 0) {
            tokens--;
        }
        Scoring scoring = sequence.scoring;
        if (scoring != null && scoring.targets != null) {
            tokens = Math.min(tokens, spareRows());
        }
        scheduled[index] = tokens;
        sequence.lastUsed = step;
        for (int i = 0; i < tokens; i++) {
            int position = sequence.cached + i;
            int at = batch.add(sequence.tokenAt(position), position, sequence.seqId);
            if (scoring != null && scoring.targets != null) {
                readAt(batch.target(at, scoring.targets[position - sequence.start]), sequence, position);
            } else if (position == sequence.length() - 1) {
                addLastRows(sequence, at);
            }
        }
    }

    private int spareRows() {
        return Math.max(0, batch.maxRows() - batch.rows() - reservedRows);
    }

    private void addLastRows(Sequence sequence, int tokenIndex) {
        int position = sequence.length() - 1;
        reservedRows -= sequence.wantsOwnRow() ? 1 : 0;
        if (sequence.generation != null) {
            readAt(sample(tokenIndex, sequence.generation), sequence, position);
        }
        if (sequence.scoring != null) {
            readAt(batch.watch(tokenIndex), sequence, position);
        }
        int drawn = Math.min(sequence.branches.size(), spareRows());
        for (int i = 0; i < drawn; i++) {
            Sequence child = sequence.branches.get(i);
            readAt(sample(tokenIndex, Objects.requireNonNull(child.generation)), child, position);
        }
    }

    private int sample(int tokenIndex, Generation generation) {
        return batch.sample(tokenIndex, generation.extension.sampling(), generation.extension.seed());
    }

    private void readAt(int row, Sequence reader, int position) {
        readers[row] = reader;
        readPositions[row] = position;
    }

    /** When the first of the running runs has to end, by {@link System#nanoTime()}. */
    long deadlineNanos() {
        long earliest = Long.MAX_VALUE;
        for (int i = 0; i < running.size(); i++) {
            long deadline = running.get(i).meter.deadlineNanos();
            if (deadline != Long.MAX_VALUE && (earliest == Long.MAX_VALUE || deadline - earliest < 0)) {
                earliest = deadline;
            }
        }
        return earliest;
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
                    sequence.meter.countStep(step);
                }
            }
        }
        for (int row = 0; row < batch.rows(); row++) {
            Sequence reader = Objects.requireNonNull(readers[row]);
            readers[row] = null;
            if (reader.scoring != null) {
                readScore(reader, reader.scoring, row);
            } else {
                accept(reader, Objects.requireNonNull(reader.generation), row);
            }
        }
        restoreDeferred();
        batch.clear();
        parkFinished();
    }

    private void accept(Sequence reader, Generation generation, int row) {
        boolean isBranch = reader.state == State.PARKED;
        if (isBranch) {
            Objects.requireNonNull(reader.parent).branches.remove(reader);
        }
        reader.meter.add(Count.POLICY_TOKENS, 1);
        StopReason reason = generation.accept(
                reader, batch.sampledToken(row), batch.logProb(row), batch.entropy(row), tokenizer, maxLength);
        if (reason != null) {
            finish(reader, generation, reason);
        } else if (isBranch) {
            markWaiting(reader);
            deferred.addLast(reader);
        }
    }

    private void readScore(Sequence reader, Scoring scoring, int row) {
        if (scoring.read(batch, row, readPositions[row] - reader.start)) {
            reader.scoring = null;
            results.addLast(() -> scoring.result.complete(scoring.values()));
        }
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

    /** The step's text is complete; the sequence itself is parked once the batch is through. */
    private void finish(Sequence sequence, Generation generation, StopReason reason) {
        sequence.generation = null;
        sequence.state = State.PARKED;
        Step step = generation.finish(sequence, reason);
        results.addLast(() -> generation.result.complete(step));
    }

    private void end(Sequence sequence, StopReason reason) {
        if (sequence.generation != null) {
            finish(sequence, sequence.generation, reason);
        }
        Scoring scoring = sequence.scoring;
        if (scoring != null) {
            sequence.scoring = null;
            RuntimeException failure = reason == StopReason.CANCELLED
                    ? new CancellationException("the run has ended")
                    : new EspalierException("the memory given to the PRM holds not even one path of "
                            + sequence.length() + " tokens: raise --memory or --context");
            results.addLast(() -> scoring.result.completeExceptionally(failure));
        }
        for (Sequence child : sequence.branches) {
            finish(child, Objects.requireNonNull(child.generation), reason);
        }
        sequence.branches.clear();
    }

    /** The cache had no room after all, though by count it should: it may be fragmented. */
    void refuse() {
        abandon();
        refused = true;
        yieldCells();
    }

    /** The decode was abandoned or refused: its copies and removals were made, its tokens were not. */
    void abandon() {
        for (int row = 0; row < batch.rows(); row++) {
            readers[row] = null;
        }
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
            if (sequence.generation != null) {
                results.addLast(failing(sequence.generation.result, failure));
            }
            if (sequence.scoring != null) {
                results.addLast(failing(sequence.scoring.result, failure));
            }
            for (Sequence child : sequence.branches) {
                results.addLast(failing(Objects.requireNonNull(child.generation).result, failure));
            }
            sequence.branches.clear();
        }
    }

    private static Runnable failing(java.util.concurrent.CompletableFuture<?> result, Throwable failure) {
        return () -> result.completeExceptionally(failure);
    }

    /** Completes the futures of what has finished; their callbacks may ask for more. */
    void deliver() {
        for (Runnable result = results.pollFirst(); result != null; result = results.pollFirst()) {
            result.run();
        }
    }
}
