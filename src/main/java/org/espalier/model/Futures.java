package org.espalier.model;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;

/** Waits for futures, and finds what made them fail. Safe for use by several threads. */
@Internal
public final class Futures {
    private Futures() {}

    /** Returns the failure that the first of several dependent futures was completed with. */
    public static Throwable cause(Throwable thrown) {
        return thrown instanceof CompletionException && thrown.getCause() != null ? cause(thrown.getCause()) : thrown;
    }

    /** As {@link #cause}, to be thrown: what is unchecked as it is, anything else within an {@link IllegalStateException}. */
    public static RuntimeException unwrapped(Throwable thrown) {
        Throwable cause = cause(thrown);
        return cause instanceof RuntimeException unchecked ? unchecked : new IllegalStateException(cause);
    }

    /** A failure as a stage of futures throws it on. */
    public static CompletionException completing(Throwable thrown) {
        return thrown instanceof CompletionException known ? known : new CompletionException(thrown);
    }

    /** The same future, which completes on another thread, whether it fails or not. */
    public static <T> CompletableFuture<T> on(Executor thread, CompletableFuture<T> future) {
        // Unlike thenApplyAsync, handleAsync leaves the other thread for failures too.
        return future.handleAsync(
                (value, thrown) -> {
                    if (thrown != null) {
                        throw completing(thrown);
                    }
                    return value;
                },
                thread);
    }

    /**
     * Waits without regard to interrupts.
     *
     * @throws RuntimeException the one that the future was completed with
     * @throws CompletionException if it was completed with anything else
     */
    public static <T> T join(CompletableFuture<T> future) {
        try {
            return future.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException thrown) {
                throw thrown;
            }
            throw e;
        }
    }

    /**
     * Waits for a search. An interrupt of this thread does not end the waiting, and is still set afterwards.
     *
     * @param onInterrupt is called at each interrupt, to have the search end soon
     * @throws EspalierException if a checked exception made it fail; any other comes as it is
     */
    public static <T> T await(CompletableFuture<T> search, Runnable onInterrupt) {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return search.get();
                } catch (InterruptedException e) {
                    interrupted = true;
                    onInterrupt.run();
                }
            }
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException thrown) {
                throw thrown;
            }
            if (e.getCause() instanceof Error thrown) {
                throw thrown;
            }
            throw new EspalierException("the search failed: " + e.getCause(), e);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
