package org.espalier;

import java.util.concurrent.CompletableFuture;
import org.espalier.model.Futures;
import org.espalier.model.Problem;
import org.espalier.search.Solution;

/**
 * A search that has been started. Completes with its solution, or with what made it fail; on a thread of the common pool,
 * so that what depends on it may take its time.
 */
public final class SolutionFuture extends CompletableFuture<Solution> {
    private final Problem problem;
    private final CompletableFuture<Solution> run;
    private final Runnable stop;

    /** @param run completes on the policy's thread when nothing of the search is in flight any more */
    SolutionFuture(Problem problem, CompletableFuture<Solution> run, Runnable stop) {
        this.problem = problem;
        this.run = run;
        this.stop = stop;
        CompletableFuture<Solution> unused = run.whenCompleteAsync((solution, thrown) -> {
            if (thrown == null) {
                complete(solution);
            } else {
                completeExceptionally(Futures.cause(thrown));
            }
        });
    }

    /** The problem that is being solved. */
    public Problem problem() {
        return problem;
    }

    /**
     * Ends the search at the next decode. The future still completes, with what has been found until then, stopped by
     * {@link org.espalier.model.Limit#CANCELLED}.
     */
    public void stop() {
        stop.run();
    }

    /** Ends the search as {@link #stop()} does, and gives up what it would have found. */
    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        boolean cancelled = super.cancel(mayInterruptIfRunning);
        if (cancelled) {
            stop();
        }
        return cancelled;
    }

    @Override
    public <U> CompletableFuture<U> newIncompleteFuture() {
        return new CompletableFuture<>();
    }

    CompletableFuture<Solution> run() {
        return run;
    }

    /** Waits; an interrupt stops the search and is still set afterwards. */
    Solution await() {
        return Futures.await(run, this::stop);
    }
}
