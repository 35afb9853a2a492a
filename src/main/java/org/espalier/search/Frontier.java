package org.espalier.search;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.espalier.search.SearchAlgorithm.Ending;

/**
 * A tree that grows by one step at a time over all its open paths, with a width of N that paths use up when they end: what
 * rebase and dora have in common. With r paths of the N left, r next steps are sampled, and it is for the method to say
 * after which nodes. Nodes that get none are pruned. After {@code maxIterations} - 1 steps the paths are sampled to the end.
 */
final class Frontier {
    /** How a method spreads the next steps over the open nodes. */
    interface Allocation {
        /**
         * @param open different texts, at least one
         * @param weights e^(score / temperature) of each, scaled so that the greatest is 1
         * @param width steps to be sampled, at least as many as candidates were
         * @return for each how many of the steps follow it, in sum {@code width}
         */
        int[] steps(List<Candidate> open, double[] weights, int width);
    }

    /**
     * An open node.
     *
     * @param copies siblings that say the same, itself included, for all of which it stands
     * @param value its score; {@link Double#NEGATIVE_INFINITY} without one
     */
    record Candidate(SearchNode node, int copies, double value) {}

    private final SearchContext search;
    private final int n;
    private final double temperature;
    private final Allocation allocation;
    private final List<Ending> ended = new ArrayList<>();

    /** @param usualTemperature of the scores, unless the caller of the search has named another */
    Frontier(SearchContext search, double usualTemperature, Allocation allocation) {
        this.search = search;
        n = search.config().n();
        temperature = search.config().params().scoreTemperatureOr(usualTemperature);
        this.allocation = allocation;
    }

    CompletableFuture<List<Ending>> run() {
        return grow(Map.of(search.root(), n), 1);
    }

    private CompletableFuture<List<Ending>> grow(Map<SearchNode, Integer> steps, int iteration) {
        boolean last = iteration == search.config().maxIterations();
        List<CompletableFuture<SearchNode>> candidates = new ArrayList<>();
        steps.forEach((node, count) -> {
            for (int child = 0; child < count; child++) {
                candidates.add(
                        last
                                ? search.expansion().extendToEnd(node, child)
                                : search.expansion().extendStep(node, child, true));
            }
            node.retire();
        });
        return SearchContext.all(candidates).thenCompose(judged -> {
            Map<SearchNode, Integer> next = select(judged);
            return next.isEmpty() ? CompletableFuture.completedFuture(ended) : grow(next, iteration + 1);
        });
    }

    /** The nodes that go on, each with the steps that are to follow it. */
    private Map<SearchNode, Integer> select(List<SearchNode> judged) {
        List<SearchNode> open = new ArrayList<>();
        for (SearchNode node : judged) {
            if (node.isRefuted()) {
                search.prune(node);
            } else if (search.mayGrow(node)) {
                open.add(node);
            } else {
                search.end(node);
                ended.add(new Ending(node, ended.size()));
            }
        }
        if (open.isEmpty()) {
            return Map.of();
        }
        Map<SearchNode, Integer> copies = new LinkedHashMap<>();
        DuplicateSiblings.firsts(open).forEach(first -> copies.merge(first, 1, Integer::sum));
        List<Candidate> candidates = new ArrayList<>();
        copies.forEach((node, count) -> candidates.add(new Candidate(node, count, search.value(node))));
        double[] weights = Apportionment.exponentials(
                candidates.stream().mapToDouble(Candidate::value).toArray(), temperature);
        int[] steps = allocation.steps(candidates, weights, n - ended.size());
        Map<SearchNode, Integer> kept = new LinkedHashMap<>();
        for (int i = 0; i < steps.length; i++) {
            if (steps[i] > 0) {
                kept.put(candidates.get(i).node(), steps[i]);
            }
        }
        for (SearchNode node : open) {
            if (kept.containsKey(node)) {
                search.keep(node);
            } else {
                search.prune(node);
            }
        }
        return kept;
    }
}
