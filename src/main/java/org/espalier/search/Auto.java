package org.espalier.search;

import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Compute-optimal test-time scaling (Snell et al. 2024, arXiv 2408.03314, §3 and §5.3) as a cascade: the greedy completion
 * first; the PRM's score of it is the problem's difficulty, for which the plan names a method; that method's completions
 * join the vote window by window until more would not change the answer. Where n of them leave that open and there is a
 * larger policy, the same is done with it.
 *
 * <p>An answer is kept unless a later one outweighs it, and the smaller policy's unless the larger one's has a larger share
 * of its vote. The samples are those that the method alone would draw.
 */
final class Auto implements SearchAlgorithm {
    private final SearchContext search;
    private final int n;

    Auto(SearchContext search) {
        this.search = search;
        n = search.config().n();
    }

    @Override
    public CompletableFuture<List<Ending>> run() {
        return cascade(search).thenCompose(found -> {
            if (search.control().settled() || !search.mayAskLarger()) {
                return CompletableFuture.completedFuture(found);
            }
            SearchContext larger = search.withLarger(n + 1);
            return cascade(larger).thenApply(later -> moreAgreed(found, behind(later)));
        });
    }

    private CompletableFuture<List<Ending>> cascade(SearchContext with) {
        return with.expansion()
                .extendToEnd(with.root(), n, with.config().sampling().greedy())
                .thenCompose(node -> {
                    with.end(node);
                    Ending greedy = new Ending(node, n);
                    double score = with.paths().ballots(List.of(greedy)).stream()
                            .filter(Ballot::counts)
                            .mapToDouble(ballot -> ballot.completion().score())
                            .findFirst()
                            .orElse(0);
                    AutoPlan plan = with.config().plan();
                    Partitionable method = SearchAlgorithms.parts(plan.methodAt(score), with);
                    return new EarlyStoppingWindows(with, method, List.of(greedy), plan.windowsOrUsual()).run();
                });
    }

    /** The larger policy's completions have indices behind those of the other one. */
    private List<Ending> behind(List<Ending> endings) {
        return endings.stream()
                .map(ending -> new Ending(ending.node(), n + 1 + ending.index()))
                .toList();
    }

    private List<Ending> moreAgreed(List<Ending> earlier, List<Ending> later) {
        return agreement(later) > agreement(earlier) ? later : earlier;
    }

    private double agreement(List<Ending> endings) {
        return search.election(search.paths().ballots(endings)).agreement();
    }
}
