package org.espalier.search;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.espalier.search.SearchAlgorithm.Ending;

/**
 * Best of N with a process reward model (Lightman et al. 2023, arXiv 2305.20050, §2.6; Snell et al. 2024, arXiv
 * 2408.03314, §5.1; search-and-learn {@code search/best_of_n.py}): N independent samples, each step of them judged; the
 * answer by {@link Selection#NAIVE} (the paper's best-of-N) or {@link Selection#WEIGHTED} (best-of-N weighted).
 *
 * <p>The samples are drawn step by step, so that the PRM works on the finished steps of some while the others are still
 * being written. That does not change what is drawn.
 */
final class BestOfN implements Partitionable {
    private final SearchContext search;
    private final WarmUp warmUp;

    BestOfN(SearchContext search) {
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
                i -> search.expansion().extendToEnd(search.root(), i).thenApply(node -> {
                    search.end(node);
                    return new Ending(node, i);
                }));
    }
}
