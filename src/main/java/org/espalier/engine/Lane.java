package org.espalier.engine;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.espalier.engine.ModelRunner.Outcome;
import org.espalier.engine.Sequence.Role;
import org.espalier.model.EspalierException;
import org.espalier.model.LogitChanges;
import org.espalier.model.Meter;
import org.espalier.model.Parameter;
import org.espalier.model.Step;
import org.espalier.model.StepRequest;
import org.espalier.model.TextException;
import org.espalier.model.Tokenizer;
import org.espalier.model.Wording;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One model in the engine: its context, its cache and its queue. Engine thread only, but for {@link #stats()},
 * {@link #health()} and {@link #interrupt()}.
 */
public final class Lane implements AutoCloseable {
    private final String name;
    private final Tokenizer tokenizer;
    private final ModelRunner runner;
    private final KvCache kv;
    private final Scheduler scheduler;
    private final int maxLength;
    private final Recovery recovery;
    private final Grammars grammars;
    private final Opened<LogitChanges> changes;
    private final Supplier<EspalierException> unreadable;
    private long generations;

    private volatile @Nullable Throwable failure;
    private volatile long failedSteps;
    /** Whether the runner computes a batch: what is in it then stays as it is until it is done. */
    private boolean decoding;
    /** Guards it. */
    private final Object flight = new Object();

    private final LaneStats.Counter counter = new LaneStats.Counter();

    /**
     * @param name for messages, such as "policy"
     * @param runner closed with the lane
     * @throws EspalierException if its context has too few sequences for branches; it is then closed
     */
    public Lane(String name, Tokenizer tokenizer, ModelRunner runner) {
        this.name = name;
        this.tokenizer = tokenizer;
        this.runner = runner;
        ModelRunner.Capacity capacity = runner.capacity();
        int least = KvCache.leastSequences(capacity);
        if (capacity.maxSequences() < least) {
            runner.close();
            throw new EspalierException(
                    "the %s's context has %d of the %d sequences that branches need at least: open it with more"
                            .formatted(name, capacity.maxSequences(), least));
        }
        kv = new KvCache(runner.batch(), capacity);
        maxLength = Math.min(capacity.maxTokensPerSequence(), capacity.cells());
        scheduler = new Scheduler(tokenizer, kv, runner.batch(), runner.headClasses() > 0);
        recovery = new Recovery(runner);
        grammars = new Grammars(runner);
        changes = new Opened<>(runner::openChanges, runner::closeChanges);
        unreadable =
                () -> new EspalierException("the " + name + " gives no numbers for this text: its file is damaged, or"
                        + " it cannot compute one of the text's tokens");
    }

    public Tokenizer tokenizer() {
        return tokenizer;
    }

    /** Tokens that a path, the prompt included, can have. */
    public int maxLength() {
        return maxLength;
    }

    /** Returns what the lane has done so far, as of its last step; safe from any thread. */
    public LaneStats stats() {
        return counter.stats();
    }

    /** Cells that are in use now; {@link #stats()} says how many were after the last step. */
    public int liveCells() {
        return kv.liveCells();
    }

    /** Returns whether the lane can be relied on; safe from any thread. */
    public LaneHealth health() {
        Throwable cause = failure;
        return new LaneHealth(
                name, Optional.ofNullable(cause).map(thrown -> failureOf(thrown).getMessage()), failedSteps);
    }

    boolean hasWork() {
        return scheduler.hasWork();
    }

    /**
     * One engine step: schedule, run, postprocess. A step that fails costs those who asked for it no more than its
     * time: they are computed again one by one, and only who fails alone as well is told so ({@code Quarantine}).
     */
    void step() {
        try {
            compute();
        } catch (RuntimeException | Error e) {
            failUnexplained(e);
        }
        scheduler.deliver();
    }

    private void compute() {
        long began = System.nanoTime();
        scheduler.endExceeded();
        scheduler.schedule();
        Batch batch = runner.batch();
        int tokens = batch.tokens();
        int rows = batch.rows();
        long inRunner = 0;
        long inSampling = 0;
        if (!batch.isEmpty()) {
            Outcome outcome;
            long before = System.nanoTime();
            try {
                outcome = run();
            } catch (RuntimeException | Error e) {
                recover(e);
                return;
            }
            inRunner = System.nanoTime() - before;
            switch (outcome) {
                case DONE -> {
                    inSampling = 1000L * batch.samplingMicros();
                    takeRows();
                }
                case ABORTED -> scheduler.onAborted();
                case NO_SPACE -> scheduler.onNoSpace();
                case CLEARED -> scheduler.onCleared();
            }
            recovery.stepped();
        }
        counter.add(tokens, rows, batch.threads(), inRunner, inSampling, System.nanoTime() - began, kv);
    }

    // Written by the engine's thread alone.
    @SuppressWarnings("NonAtomicVolatileUpdate")
    private void countFailedStep() {
        failedSteps++;
    }

    private void takeRows() {
        int rows = runner.batch().rows();
        int unreadableRows = runner.batch().unreadableRows();
        scheduler.postprocess(unreadable);
        if (unreadableRows > 0) {
            countFailedStep();
            log().warn(
                            "a step of the {} gave no numbers in {} of {} rows, and is computed again, one by one",
                            name,
                            unreadableRows,
                            rows);
            dieOf(recovery.emptied());
        }
    }

    /** The runner failed: what is in its cache is unknown. */
    private void recover(Throwable cause) {
        countFailedStep();
        log().warn("a step of the {} failed, and is computed again, one by one: {}", name, cause.toString());
        log().debug("the step failed here", cause);
        boolean nobodyElse = scheduler.failedStep(cause);
        dieOf(nobodyElse ? recovery.tried() : recovery.emptied());
    }

    /** Our own bookkeeping failed: all that it was about is lost, but not what is asked for next. */
    private void failUnexplained(Throwable cause) {
        countFailedStep();
        log().error("a step of the {} failed, with all that was asked for", name, cause);
        Object reason = cause instanceof EspalierException ? cause.getMessage() : cause;
        scheduler.fail(new EspalierException("the " + name + "'s step failed: " + reason, cause));
        dieOf(recovery.isOneTooMany() ? cause : recovery.emptied());
    }

    private void dieOf(@Nullable Throwable cause) {
        if (cause != null) {
            log().error("the {} has failed for good", name, cause);
            failure = cause;
            scheduler.fail(failureOf(cause));
        }
    }

    private Outcome run() {
        synchronized (flight) {
            decoding = true;
        }
        try {
            return runner.run(scheduler.deadlineNanos());
        } finally {
            synchronized (flight) {
                decoding = false;
            }
        }
    }

    /**
     * Opens a root: a sequence of given tokens without a parent.
     *
     * @throws TextException if they do not fit into the context
     */
    public Sequence open(int[] tokens, Meter meter, Role role) {
        return open(tokens, meter, role, null);
    }

    /**
     * Opens a root whose branches are written as a grammar allows.
     *
     * @param grammar in llama.cpp's notation (GBNF); null for none
     * @throws TextException if they do not fit into the context
     * @throws org.espalier.model.UsageException if it is no grammar
     */
    public Sequence open(int[] tokens, Meter meter, Role role, @Nullable String grammar) {
        return root(null, tokens, meter, role, grammar);
    }

    /**
     * Returns how many there are, for a message about too many: of far too many only the first may have been counted.
     */
    private String counted(int tokens) {
        return tokens / 2 > maxLength ? "more than " + 2 * maxLength : "" + tokens;
    }

    /**
     * Opens a root of another run behind a sequence that is kept, whose cells it shares.
     *
     * @param tokens one at least
     * @param grammar as {@link #open(int[], Meter, Role, String)} has it
     * @throws TextException if both together do not fit into the context
     */
    public Sequence open(Sequence kept, int[] tokens, Meter meter, @Nullable String grammar) {
        checkUsable(kept);
        return root(kept, tokens, meter, kept.role, grammar);
    }

    private Sequence root(@Nullable Sequence before, int[] tokens, Meter meter, Role role, @Nullable String grammar) {
        int length = tokens.length + (before == null ? 0 : before.length());
        if (length >= maxLength) {
            throw new TextException(Wording.of(
                    "the %s's prompt has %s tokens, but its context holds %d: shorten the problem or raise %s",
                    name, counted(length), maxLength, Parameter.of("context")));
        }
        Sequence root = new Sequence(this, before, meter, role, grammar == null ? null : grammars.begin(grammar));
        root.tokens.addElements(0, tokens);
        root.endPrompt();
        return root;
    }

    /** Tokens up to a sequence's end that are in the cache. */
    public int held(Sequence sequence) {
        Sequence held = sequence.nearestHeld();
        return held == null ? 0 : held.length();
    }

    /** Cells of a sequence's own tokens. */
    public int cells(Sequence sequence) {
        return sequence.cells.live();
    }

    /** Returns whether a sequence's cells can be shared by others than its next one: not those of recurrent models. */
    public boolean sharesPrefixes() {
        return kv.rollsBack();
    }

    /** Opens a child of given tokens, which must {@linkplain #fits fit}: computed when something is asked of it. */
    public Sequence append(Sequence parent, int[] tokens) {
        checkUsable(parent);
        Sequence before = withTokens(parent);
        before.fork();
        Sequence child = new Sequence(this, before, parent.meter, parent.role, forked(parent));
        child.tokens.addElements(0, tokens);
        return child;
    }

    /**
     * Starts sampling a child of this sequence. The step's prefix is that child, a {@link Sequence} that the caller
     * closes.
     *
     * @throws EspalierException if the lane has failed for good
     * @throws org.espalier.model.UsageException if a token that is to have a bias is not in the vocabulary
     */
    public CompletableFuture<Step> generate(Sequence parent, StepRequest request) {
        String delimiter = request.delimiter();
        return generate(parent, request, delimiter == null ? List.of() : List.of(delimiter));
    }

    /**
     * Prepares to draw with changed logits.
     *
     * @throws org.espalier.model.UsageException if a token that is to have a bias is not in the vocabulary
     */
    public void requireDrawable(LogitChanges logits) {
        checkRunning();
        if (!logits.changesNothing()) {
            changes.of(logits);
        }
    }

    /** Starts sampling a child of this sequence, with any of these delimiters in the place of the request's. */
    public CompletableFuture<Step> generate(Sequence parent, StepRequest request, List<String> delimiters) {
        checkUsable(parent);
        LogitChanges logits = request.sampling().logits();
        // Before there is a child, which nobody would close, if they are refused.
        Opened.Use use = logits.changesNothing() ? null : changes.of(logits);
        Sequence child = new Sequence(this, withTokens(parent), parent.meter, parent.role, forked(parent));
        Generation generation = new Generation(request, delimiters, use, generations++, tokenizer, maxLength);
        scheduler.branch(child, generation);
        return generation.result;
    }

    /**
     * Returns whether the watched tokens can be read after the last token of what has been sampled: it must have tokens
     * of its own, which a branch that wrote the same as others has not.
     */
    public static boolean canRead(Sequence sampled) {
        return !sampled.tokens.isEmpty();
    }

    /** Reads the watched tokens after the last token of a sampled sequence that {@linkplain #canRead can be read}. */
    public void read(Sequence sampled, Scoring scoring) {
        checkUsable(sampled);
        scheduler.read(sampled, scoring);
    }

    /** Returns whether a child of so many tokens fits into the context. */
    public boolean fits(Sequence parent, int tokens) {
        return parent.length() + tokens <= maxLength;
    }

    /** Returns whether a path of so many tokens fits into the context. */
    public boolean fits(int tokens) {
        return tokens <= maxLength;
    }

    /**
     * Starts computing a root of given tokens, which must {@linkplain #fits(int) fit}, and what is to be read off them.
     */
    public Sequence score(int[] tokens, Scoring scoring, Meter meter) {
        checkRunning();
        return score(new Sequence(this, null, meter, Role.PRM), tokens, scoring);
    }

    /** Starts computing a child of given tokens, which must {@linkplain #fits fit}, and what is to be read off them. */
    public Sequence score(Sequence parent, int[] tokens, Scoring scoring, Meter meter) {
        checkUsable(parent);
        return score(new Sequence(this, withTokens(parent), meter, Role.PRM), tokens, scoring);
    }

    private Sequence score(Sequence child, int[] tokens, Scoring scoring) {
        child.tokens.addElements(0, tokens);
        scheduler.read(child, scoring);
        return child;
    }

    private static @Nullable GrammarPlace forked(Sequence parent) {
        return parent.grammar == null ? null : parent.grammar.fork();
    }

    /** A completion that ended at once has no tokens of its own: its place is its parent's. */
    private static Sequence withTokens(Sequence sequence) {
        Sequence s = sequence;
        for (Sequence parent = s.parent(); s.tokens.isEmpty() && parent != null; parent = s.parent()) {
            s = parent;
        }
        return s;
    }

    private void checkUsable(Sequence parent) {
        if (parent.isClosed()) {
            throw new IllegalStateException("this prefix has been closed");
        }
        checkRunning();
    }

    private void checkRunning() {
        Throwable cause = failure;
        if (cause != null) {
            throw failureOf(cause);
        }
    }

    private EspalierException failureOf(Throwable cause) {
        return new EspalierException("the " + name + "'s engine has failed: " + cause.getMessage(), cause);
    }

    void closed(Sequence sequence) {
        scheduler.releaseIfUnused(sequence);
    }

    /** Fails all that is asked for, now and from here on. */
    void fail(Throwable cause) {
        failure = cause;
        scheduler.fail(cause);
        scheduler.deliver();
    }

    /** Abandons the decode in progress if all runs that it would cost anything have ended; safe from any thread. */
    void interrupt() {
        synchronized (flight) {
            if (decoding && scheduler.isForEndedRunsOnly()) {
                runner.interrupt();
            }
        }
    }

    @Override
    public void close() {
        runner.close();
    }

    /** Asked for only where something is to be said: what logs takes a part of a start to come up. */
    private static Logger log() {
        return LoggerFactory.getLogger(Lane.class);
    }
}
