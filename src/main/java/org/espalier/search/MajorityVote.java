package org.espalier.search;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Self-consistency (Wang et al. 2022, arXiv 2203.11171): N independent samples, and the answer that most of them give. No
 * PRM.
 *
 * <p>Sample i is child i of the root and draws the same random stream as sample i of {@link BestOfN}, so that the two can
 * be compared on the same completions.
 */
final class MajorityVote implements SearchAlgorithm {
    private final SearchContext search;

    MajorityVote(SearchContext search) {
        this.search = search;
    }

    @Override
    public CompletableFuture<List<Ending>> run() {
        List<CompletableFuture<Ending>> samples = new ArrayList<>();
        for (int i = 0; i < search.config().n(); i++) {
            int slot = i;
            samples.add(search.sampleWhole(search.root(), i, search.config().sampling())
                    .thenApply(node -> {
                        search.end(node);
                        return new Ending(node, slot);
                    }));
        }
        search.root().retire();
        return SearchContext.all(samples);
    }
}
