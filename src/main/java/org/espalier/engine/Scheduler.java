package org.espalier.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import org.espalier.engine.Demand.State;
import org.espalier.engine.Sequence.Role;
import org.espalier.model.StopReason;
import org.espalier.model.Tokenizer;

/**
 * Fills batches: one token of every sequence that is being sampled, then chunks of those with more to compute, then as
 * many waiting sequences as ids and cells allow; and takes the results back. Engine thread only, but for {@link
 * #isForEndedRunsOnly()}.
 */
final class Scheduler {
    private final KvCache kv;
    private final Batch batch;

    private final WaitingQueue waiting = new WaitingQueue(this::releaseIfUnused);
    /** In the order in which they were admitted. */
    private final List<Sequence> running = new ArrayList<>();
    /** Tokens of each running sequence in the current batch, by its place in {@link #running}. */
    private final int[] scheduled = new int[SequenceIds.MAX];

    private final BatchRows rows;
    private final BatchFiller filler;

    private final PendingResults results = new PendingResults();
    private final SampledTokens sampled;
    private final Quarantine quarantine;
    private final Abandonment abandonment;
    private final Admission admission;
    private final Preemption preemption;

    /** The cache had no room for the last batch: what runs goes on alone until one is decoded. */
    private boolean outOfSpace;

    private long step;

    /** @param head whether the context has a head, and rows read nothing else */
    Scheduler(Tokenizer tokenizer, KvCache kv, Batch batch, boolean head) {
        this.kv = kv;
        this.batch = batch;
        rows = new BatchRows(batch, head);
        sampled = new SampledTokens(batch, rows, results, tokenizer, waiting::addDeferred);
        quarantine = new Quarantine(running, scheduled, rows, waiting, results);
        filler = new BatchFiller(kv, batch, rows, quarantine);
        abandonment = new Abandonment(running, scheduled, kv);
        admission = new Admission(kv, batch, rows, waiting, quarantine);
        preemption = new Preemption(kv, waiting, running);
    }

    boolean hasWork() {
        return !running.isEmpty() || !waiting.isEmpty() || !results.isEmpty();
    }

    /** Samples a child from the logits after its parent's last token. */
    void branch(Sequence child, Generation generation) {
        Sequence parent = Objects.requireNonNull(child.parent());
        child.demand.generate(generation);
        parent.demand.addBranch(child);
        parent.join();
        if (parent.demand.isParked()) {
            enqueue(parent);
        }
    }

    /** Computes a sequence and reads a score off it. */
    void read(Sequence sequence, Scoring scoring) {
        sequence.demand.score(scoring);
        enqueue(sequence);
    }

    /**
     * Queues a sequence whose tokens are to be computed, before all that wait already: what goes on finishes sooner than
     * what has to begin, and its prefix is still in the cache. Its parent keeps its cells until it has shared them.
     */
    private void enqueue(Sequence sequence) {
        waiting.addFirst(sequence);
    }

    /** Gives back the cells of a closed sequence once nothing needs them. */
    void releaseIfUnused(Sequence sequence) {
        if (sequence.isClosed()
                && sequence.demand.isParked()
                && sequence.demand.pins() == 0
                && sequence.cells.hasId()) {
            kv.release(sequence);
        }
    }

    /** Ends what belongs to runs that have reached a limit. */
    void endExceeded() {
        for (int i = running.size() - 1; i >= 0; i--) {
            Sequence sequence = running.get(i);
            if (sequence.isExceeded()) {
                results.ended(sequence, StopReason.CANCELLED);
                running.remove(i);
                park(sequence);
            }
        }
        while (!waiting.isEmpty()) {
            Sequence sequence = waiting.poll();
            if (sequence.isExceeded()) {
                results.ended(sequence, StopReason.CANCELLED);
                park(sequence);
                waiting.leave(sequence);
            } else {
                waiting.putBack(sequence);
            }
        }
        waiting.restore();
    }

    /** Plans the next batch. */
    void schedule() {
        step++;
        quarantine.advance();
        int decoding = 0;
        for (int i = 0; i < running.size(); i++) {
            decoding += running.get(i).pending() == 1 ? 1 : 0;
        }
        preemption.makeRoom(decoding);
        rows.reserveFor(running);
        for (int i = 0; i < running.size(); i++) {
            scheduled[i] = 0;
            if (running.get(i).pending() == 1) {
                scheduled[i] = filler.add(running.get(i), kv.hasRoomFor(batch.tokens() + 1) ? 1 : 0, step);
            }
        }
        for (int i = 0; i < running.size(); i++) {
            if (running.get(i).pending() > 1) {
                scheduled[i] = filler.addChunk(running.get(i), step);
            }
        }
        admit();
        if (batch.tokens() == 0 && !running.isEmpty()) {
            yieldCells();
        }
    }

    private void yieldCells() {
        Sequence last = preemption.yieldCells();
        if (last != null) {
            results.ended(last, StopReason.CONTEXT);
            park(last);
        }
    }

    private void admit() {
        if (outOfSpace && batch.tokens() > 0) {
            return;
        }
        for (Sequence next = admission.next(running); next != null; next = admission.next(running)) {
            next.demand.enter(State.RUNNING);
            running.add(next);
            rows.reserveFor(next);
            scheduled[running.size() - 1] = filler.addChunk(next, step);
        }
        waiting.restore();
    }

    /** See {@link Abandonment#deadlineNanos}. */
    long deadlineNanos() {
        return abandonment.deadlineNanos();
    }

    /** See {@link Abandonment#isForEndedRunsOnly}. Other threads ask while the batch is computed. */
    boolean isForEndedRunsOnly() {
        return abandonment.isForEndedRunsOnly();
    }

    /**
     * Takes a decoded batch into account: sampled tokens are appended, scores read, finished sequences parked. Where rows are
     * {@linkplain Batch#unreadableRows() unreadable}, the others are taken, and all begin anew in an empty cache: the runner's
     * is to be cleared before the next batch.
     *
     * @param failure what the sequences fail with that are found to be at fault for unreadable rows
     */
    void postprocess(Supplier<? extends Throwable> failure) {
        outOfSpace = false;
        for (int i = 0; i < running.size(); i++) {
            Sequence sequence = running.get(i);
            if (scheduled[i] > 0) {
                sequence.count(scheduled[i], kv.decoded(sequence, scheduled[i]));
                if (sequence.role == Role.POLICY) {
                    sequence.meter.countStep(this, step);
                }
            }
        }
        boolean spoilt = batch.unreadableRows() > 0;
        if (spoilt) {
            quarantine.suspectUnreadable(batch);
        }
        boolean passed = !spoilt && quarantine.isPassed();
        takeRows();
        if (spoilt) {
            quarantine.separate(failure);
            loseCells();
            return;
        }
        discardBatch();
        parkFinished();
        if (passed) {
            quarantine.endTest();
            stopRunning();
        }
    }

    private void takeRows() {
        sampled.ration();
        int row = 0;
        while (row < batch.rows()) {
            Sequence reader = rows.reader(row);
            Scoring scoring = reader.demand.scoring();
            if (rows.isIgnored(row)) {
                row++;
            } else if (scoring == null && reader.demand.isParked()) {
                row = sampled.takeBranches(row);
            } else if (scoring == null) {
                sampled.take(row++);
            } else {
                boolean complete = scoring.read(batch, row, rows.position(row) - reader.start());
                row++;
                if (complete) {
                    results.scored(reader, scoring);
                }
            }
        }
    }

    /**
     * The batch failed as a whole: what was in it begins anew, one after the other. The runner's cache is to be cleared before
     * the next batch.
     *
     * @return whether the runner itself may be at fault, because no more than one sequence took part
     */
    boolean failedStep(Throwable failure) {
        quarantine.suspectAll();
        boolean nobodyElse = quarantine.separate(() -> failure);
        loseCells();
        return nobodyElse;
    }

    private void loseCells() {
        kv.clear();
        discardBatch();
    }

    private void parkFinished() {
        int kept = 0;
        for (int i = 0; i < running.size(); i++) {
            Sequence sequence = running.get(i);
            boolean complete = sequence.pending() == 0;
            if (complete) {
                kv.complete(sequence);
            }
            if (sequence.demand.isParked() || (complete && !sequence.demand.wantsLogits())) {
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
        sequence.demand.enter(State.PARKED);
        releaseIfUnused(sequence);
    }

    /** The cache had no room after all, though by count it should: it may be fragmented. */
    void onNoSpace() {
        discardBatch();
        outOfSpace = true;
        yieldCells();
    }

    /** The decode was abandoned: its copies and removals were made, its tokens were not. */
    void onAborted() {
        discardBatch();
    }

    private void discardBatch() {
        waiting.restore();
        rows.clear();
        batch.clear();
    }

    /** The context lost all its cells: what runs starts again from its tokens. */
    void onCleared() {
        discardBatch();
        kv.clear();
        stopRunning();
    }

    /** Has all that runs wait for its turn. */
    private void stopRunning() {
        while (!running.isEmpty()) {
            enqueue(running.remove(running.size() - 1));
        }
    }

    /**
     * Fails everything that is asked for, and forgets what is in the cache: the runner's is to be cleared before the next
     * batch.
     */
    void fail(Throwable failure) {
        kv.forget();
        List<Sequence> failed = new ArrayList<>(running);
        running.clear();
        failed.addAll(waiting.drain());
        quarantine.clear();
        outOfSpace = false;
        for (Sequence sequence : failed) {
            sequence.demand.enter(State.PARKED);
            results.failed(sequence, failure);
        }
        // A step that fails half-way has taken branches off their sequence that nobody else knows of.
        for (int row = 0; row < batch.rows(); row++) {
            results.failed(rows.reader(row), failure);
        }
        discardBatch();
    }

    /** Completes the futures of what has finished; their callbacks may ask for more. */
    void deliver() {
        results.deliver();
        for (Sequence sequence = results.pollUnread(); sequence != null; sequence = results.pollUnread()) {
            withdraw(sequence);
        }
    }

    /** Stops writing for a reader that has failed; what was finished meanwhile is closed where it is delivered. */
    private void withdraw(Sequence sequence) {
        if (sequence.demand.generation() == null) {
            return;
        }
        sequence.demand.generate(null);
        if (!running.remove(sequence)) {
            waiting.remove(sequence);
        }
        Sequence parent = sequence.parent();
        if (parent != null) {
            parent.demand.removeBranch(sequence);
        }
        sequence.demand.enter(State.PARKED);
        sequence.close();
    }
}
