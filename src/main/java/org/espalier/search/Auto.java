package org.espalier.search;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.espalier.model.SamplingParams;

/**
 * Compute-optimal test-time scaling (Snell et al. 2024, arXiv 2408.03314, §3 and §5.3) as a cascade: the greedy completion
 * first; the PRM's score of it is the problem's difficulty, for which the plan names a method; that method's completions
 * join the vote window by window until more would not change the answer.
 *
 * <p>An answer is kept unless a later one outweighs it. The samples are those that the method alone would draw.
 */
final class Auto implements SearchAlgorithm {
    private final SearchContext search;

    Auto(SearchContext search) {
        this.search = search;
    }

    @Override
    public CompletableFuture<List<Ending>> run() {
        int behindTheOthers = search.config().n();
        return search.runToEnd(search.root(), behindTheOthers, SamplingParams.GREEDY)
                .thenCompose(node -> {
                    search.end(node);
                    Ending greedy = new Ending(node, behindTheOthers);
                    Ballot ballot = search.ballots(List.of(greedy)).get(0);
                    double sureness = ballot.counts() ? ballot.completion().score() : 0;
                    SearchMethod method = search.config().plan().methodAt(sureness);
                    return new Windows(search, method.parts(search), List.of(greedy)).run();
                });
    }
}
