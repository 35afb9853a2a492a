package org.espalier.model;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Counts what one run spends, and says when a limit of its budget is reached. The engine's thread adds; any thread may
 * read, and any thread may {@link #cancel()}.
 */
public final class Meter {
    /** What is counted. "Unique" counts a token once however often it had to be computed. */
    public enum Count {
        /** Unique tokens of rendered policy prompts. */
        PROMPT_TOKENS,
        /** Of them, those that were in the policy's cache already. */
        CACHED_TOKENS,
        /** Tokens sampled by the policy. */
        POLICY_TOKENS,
        /** Tokens that went through the policy's decode for its own text, prompts and recomputation included. */
        POLICY_TOKENS_DECODED,
        /** Unique tokens given to the PRM (or to the policy judging itself). */
        PRM_TOKENS_UNIQUE,
        /** Tokens that went through the PRM's decode, recomputation included. */
        PRM_TOKENS,
        /** Engine steps of the policy's model in which this run took part. */
        DECODE_STEPS,
        /** Sequences that lost their cells to make room and were computed again. */
        PREEMPTIONS
    }

    /** Reading a counter of energy takes some microseconds, an engine step of a small model a hundred. */
    private static final long NANOS_BETWEEN_READINGS = 5_000_000;

    private final Budget budget;
    private final @Nullable DoubleSupplier energy;
    private final double joulesAtStart;
    private final long startNanos = System.nanoTime();
    private final long deadlineNanos;
    private final Map<Count, AtomicLong> counts = new EnumMap<>(Count.class);
    private final AtomicLong sampled;
    private final AtomicBoolean cancelled = new AtomicBoolean();
    private volatile double joules;
    private volatile long lastReadingNanos;
    private @Nullable Object lastModel;
    private long lastStep = -1;

    /** Starts the clock. A limit on energy does not hold: nothing measures it. */
    public Meter(Budget budget) {
        this(budget, null);
    }

    /**
     * Starts the clock.
     *
     * @param energy joules that the machine has taken since some moment, which never decrease; asked on any thread. Null if
     *     that is not known
     */
    public Meter(Budget budget, @Nullable DoubleSupplier energy) {
        this.budget = budget;
        this.energy = energy;
        joulesAtStart = energy == null ? 0 : energy.getAsDouble();
        lastReadingNanos = startNanos;
        Duration deadline = budget.deadline();
        deadlineNanos =
                deadline == null ? Long.MAX_VALUE : startNanos + Math.min(deadline.toNanos(), Long.MAX_VALUE / 4);
        for (Count count : Count.values()) {
            counts.put(count, new AtomicLong());
        }
        sampled = counter(Count.POLICY_TOKENS);
    }

    public Budget budget() {
        return budget;
    }

    public void add(Count count, long amount) {
        counter(count).getAndAdd(amount);
    }

    public long get(Count count) {
        return counter(count).get();
    }

    /** Tokens that the policy may still sample. */
    public long tokensLeft() {
        return budget.tokens() - sampled.get();
    }

    /**
     * Counts an engine step once, however many of the run's sequences are in it. Engine thread only.
     *
     * @param model that the step was of: models step one after another, and each numbers its own steps
     */
    public void countStep(Object model, long step) {
        if (model != lastModel || step != lastStep) {
            lastModel = model;
            lastStep = step;
            add(Count.DECODE_STEPS, 1);
        }
    }

    /** Ends the run at the next engine step, with the best answer so far. */
    public void cancel() {
        cancelled.set(true);
    }

    /** The limit that has been reached, if one has. */
    public Optional<Limit> exceeded() {
        if (cancelled.get()) {
            return Optional.of(Limit.CANCELLED);
        }
        if (tokensLeft() <= 0) {
            return Optional.of(Limit.TOKENS);
        }
        if (hasDeadline() && System.nanoTime() - deadlineNanos >= 0) {
            return Optional.of(Limit.DEADLINE);
        }
        if (budget.joules() < Double.POSITIVE_INFINITY && joules() >= budget.joules()) {
            return Optional.of(Limit.JOULES);
        }
        return Optional.empty();
    }

    /** Returns the joules that the machine has used since this meter was made, as of some milliseconds ago; 0 if unmeasured. */
    public double joules() {
        long now = System.nanoTime();
        if (energy != null && now - lastReadingNanos >= NANOS_BETWEEN_READINGS) {
            lastReadingNanos = now;
            joules = energy.getAsDouble() - joulesAtStart;
        }
        return joules;
    }

    public boolean hasDeadline() {
        return deadlineNanos != Long.MAX_VALUE;
    }

    /** {@link System#nanoTime()} at which the run must end; {@link Long#MAX_VALUE} if it need not. */
    public long deadlineNanos() {
        return deadlineNanos;
    }

    /** Since this meter was made. */
    public Duration elapsed() {
        return Duration.ofNanos(System.nanoTime() - startNanos);
    }

    private AtomicLong counter(Count count) {
        return Objects.requireNonNull(counts.get(count));
    }
}
