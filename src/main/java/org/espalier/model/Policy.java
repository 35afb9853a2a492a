package org.espalier.model;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/**
 * The model that writes candidate steps.
 *
 * <p>Called on one thread, the one that {@link #executor()} runs tasks on; futures complete there too. Between two calls
 * of that thread's tasks the policy batches whatever has been asked: ask for everything that can be asked at once.
 */
public interface Policy {
    /**
     * The prefix that holds the rendered prompt alone.
     *
     * @param meter of the run: pays for, and can end, everything that is extended from this prefix
     * @throws EspalierException if the prompt does not fit into the context
     */
    Prefix open(Problem problem, Meter meter);

    /**
     * Samples the next step after a prefix. The prefix stays open and can be extended any number of times; the new
     * step's own prefix belongs to the caller.
     */
    CompletableFuture<Step> extend(Prefix prefix, StepRequest request);

    /**
     * Puts a question to the policy about what it has written: ends its turn, and begins its reply to the question. The new
     * prefix belongs to the caller; the one before it stays open.
     *
     * @return empty if the context has no room for the question
     * @throws UsageException if this policy cannot be asked a second time
     */
    Optional<Prefix> ask(Prefix prefix, String question);

    /**
     * Refuses to draw so before anything is asked for.
     *
     * @throws UsageException if tokens cannot be drawn so
     */
    default void requireDrawable(SamplingParams sampling) {}

    /** Returns the executor that runs tasks on the one thread of this policy and its searches. */
    Executor executor();
}
