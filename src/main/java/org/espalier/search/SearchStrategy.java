package org.espalier.search;

import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * A search algorithm of the caller's own: decides which steps are written, which paths go on, and which completions vote.
 * Used by several searches, perhaps at the same time; what belongs to one is local to {@link #run}.
 */
@FunctionalInterface
public interface SearchStrategy {
    /**
     * Grows the tree of one search. Called on the policy's thread, where the futures of {@link SearchSteps} complete as
     * well: the code that runs there needs no locks, and must not wait. It asks for all that it can ask at once, so that one
     * decode serves all of it, and for nothing more when {@link SearchSteps#isStopped()}.
     *
     * @return the ends of the paths that may vote, in their order; of them, those that the policy finished do. What this
     *     future fails with fails the search
     */
    CompletableFuture<List<SearchNode>> run(SearchSteps search);
}
