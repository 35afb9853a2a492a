package org.espalier.search;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.espalier.search.SearchAlgorithm.Ending;

/**
 * Self-consistency (Wang et al. 2022, arXiv 2203.11171): N independent samples, and the answer that most of them give. No
 * PRM.
 *
 * <p>Sample i is child i of the root and draws the same random stream as sample i of {@link BestOfN}, so that the two can
 * be compared on the same completions.
 */
final class MajorityVote implements Partitionable {
    private final SearchContext search;
    private final WarmUp warmUp;

    MajorityVote(SearchContext search) {
        this.search = search;
        warmUp = new WarmUp(search);
    }

    @Override
    public int unit() {
        return 1;
    }

    @Override
    public CompletableFuture<List<Ending>> part(int first, int count) {
        return warmUp.part(
                first,
                count,
                i -> search.expansion()
                        .completeUnjudged(search.root(), i, search.config().sampling())
                        .thenApply(node -> {
                            search.end(node);
                            return new Ending(node, i);
                        }));
    }
}
