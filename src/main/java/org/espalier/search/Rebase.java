package org.espalier.search;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.espalier.search.Frontier.Candidate;

/**
 * REBASE, reward balanced search (Wu et al. 2024, "Inference scaling laws", arXiv 2408.00724, §3.2;
 * {@code thu-wyz/inference_scaling}): the N next steps are spread over the open nodes by the softmax of their scores, so
 * that a good node gets many children and a bad one none, without a beam width to set. Paths that end leave fewer steps for
 * the rest. A node's share is rounded up, the best node first, and the next one's is of the steps and the weights that are
 * then left: {@code select_softmax} of the authors' {@code rebase.py}.
 *
 * <p>Siblings of the same text get their shares as the authors' do and spend them on one node.
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
        int[] nodes = IntStream.range(0, weights.length)
                .flatMap(i -> IntStream.generate(() -> i).limit(open.get(i).copies()))
                .toArray();
        int[] shares = Apportionment.roundedUp(
                Arrays.stream(nodes).mapToDouble(i -> weights[i]).toArray(), width);
        int[] steps = new int[weights.length];
        for (int k = 0; k < nodes.length; k++) {
            steps[nodes[k]] += shares[k];
        }
        return steps;
    }
}
