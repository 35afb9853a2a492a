package org.espalier.search;

import java.util.List;
import java.util.concurrent.CompletableFuture;

/** One run of a search algorithm, on the policy's thread. */
interface SearchAlgorithm {
    /**
     * Grows the tree from its root. The future completes when nothing that was asked of the policy or the PRM is in flight
     * any more, whether it has failed or not.
     */
    CompletableFuture<List<Ending>> run();

    /**
     * A path that came to its end.
     *
     * @param node its last
     * @param index its place among the n, from 0: the first k places are what the search with n = k would have been asked
     *     for
     */
    record Ending(SearchNode node, int index) {}
}
