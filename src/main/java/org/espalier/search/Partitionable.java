package org.espalier.search;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.espalier.search.SearchAlgorithm.Ending;

/** A search whose n completions come in parts that do not depend on one another, so that it can be stopped between them. */
interface Partitionable {
    /** Completions of the smallest part: those within it are not independent samples. */
    int unit();

    /**
     * Grows one part and leaves the root open. Completes like {@link SearchAlgorithm#run()}.
     *
     * @param first of the root's children that are grown from, and of the indices: the parts before have those below it
     * @param count completions: a multiple of the unit
     */
    CompletableFuture<List<Ending>> part(int first, int count);
}
