package org.espalier.search;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.espalier.search.Frontier.Candidate;

/**
 * REBASE, reward balanced search (Wu et al. 2024, "Inference scaling laws", arXiv 2408.00724, §3.2;
 * {@code thu-wyz/inference_scaling}): the N next steps are spread over the open nodes by the softmax of their scores, so
 * that a good node gets many children and a bad one none, without a beam width to set. Paths that end leave fewer steps for
 * the rest. A node's share is rounded up, the best node first, as the authors' code does.
 *
 * <p>Siblings of the same text get their shares as the paper has it and spend them on one node.
 */
final class Rebase implements SearchAlgorithm {
    /** The paper's T_b. */
    private static final double TEMPERATURE = 0.2;

    private final SearchContext search;

    Rebase(SearchContext search) {
        this.search = search;
    }

    @Override
    public CompletableFuture<List<Ending>> run() {
        return new Frontier(search, TEMPERATURE, Rebase::steps).run();
    }

    private static int[] steps(List<Candidate> open, double[] weights, int width) {
        for (int i = 0; i < weights.length; i++) {
            weights[i] *= open.get(i).twins();
        }
        return Shares.roundedUp(weights, width);
    }
}
