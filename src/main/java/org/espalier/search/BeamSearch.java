package org.espalier.search;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.espalier.search.Semantics.Quirk;

/**
 * Beam search against a PRM (Snell et al. 2024, arXiv 2408.03314, §5.2; search-and-learn {@code search/beam_search.py}):
 * sample N first steps, keep the N/M best, sample M next steps for each of them, and so on; paths that the policy
 * finishes leave the beam as completions. With a lookahead of k (same section), a candidate is judged at the end of k
 * greedy steps after it.
 *
 * <p>Strict semantics: the budget is N paths. With r of them still open, r candidates are sampled, and ⌈r/M⌉ of those
 * that go on are kept, so that finishing early does not buy extra samples (search-and-learn issue #42) and a kept beam
 * always has about M children. A path that a limit ended uses up its place but does not vote. The first kept beams get
 * one child more where r is not a multiple. What a verifier refutes is cut and takes no place; where it refutes all candidates,
 * the search ends. After {@code maxIterations} - 1 steps the kept beams are sampled to the end.
 *
 * <p>Parity semantics: {@link Quirk#TILE_TO_N}.
 */
final class BeamSearch implements SearchAlgorithm {
    private final SearchContext search;
    private final SearchConfig config;
    private final boolean tile;
    private final Speculation speculation;
    private final List<SearchNode> ended = new ArrayList<>();

    BeamSearch(SearchContext search) {
        this.search = search;
        config = search.config();
        tile = search.has(Quirk.TILE_TO_N);
        speculation = new Speculation(search);
    }

    @Override
    public CompletableFuture<List<Ending>> run() {
        CompletableFuture<List<Ending>> endings = iterate(List.of(search.root()), 1);
        return endings.handle((found, thrown) -> true)
                .thenCompose(over -> speculation.settled())
                .thenCompose(v -> endings);
    }

    private CompletableFuture<List<Ending>> iterate(List<SearchNode> live, int iteration) {
        int count = tile ? config.n() : config.n() - ended.size();
        List<CompletableFuture<SearchNode>> candidates = new ArrayList<>();
        for (int j = 0; j < count; j++) {
            SearchNode beam = live.get(j % live.size());
            int child = j / live.size();
            candidates.add(
                    child == 0
                            ? speculation.first(beam, node -> extend(node, 0, iteration))
                            : extend(beam, child, iteration));
        }
        live.forEach(SearchNode::retire);
        speculation.drop();
        if (config.params().speculate() && iteration < config.maxIterations()) {
            speculation.watch(candidates, keepCount(), node -> extend(node, 0, iteration + 1));
        }
        return SearchContext.all(candidates).thenCompose(judged -> {
            List<SearchNode> kept = select(judged);
            return kept.isEmpty() ? CompletableFuture.completedFuture(endings()) : iterate(kept, iteration + 1);
        });
    }

    private CompletableFuture<SearchNode> extend(SearchNode beam, int child, int iteration) {
        boolean last = iteration == config.maxIterations();
        boolean judgeLookahead = !search.has(Quirk.BEAM_IGNORES_LOOKAHEAD);
        return last
                ? search.expansion().extendToEnd(beam, child)
                : search.expansion().extendStep(beam, child, judgeLookahead);
    }

    /** Takes the candidates that have ended out of the beam, and cuts it down to the best of the others. */
    private List<SearchNode> select(List<SearchNode> candidates) {
        List<SearchNode> live = new ArrayList<>();
        for (SearchNode candidate : candidates) {
            if (candidate.isRefuted()) {
                search.prune(candidate);
            } else if (search.mayGrow(candidate)) {
                live.add(candidate);
            } else {
                search.end(candidate);
                ended.add(candidate);
            }
        }
        if (config.filterDuplicates()) {
            dropDuplicates(live);
        }
        Set<SearchNode> best = new HashSet<>(best(live, keepCount()));
        live.stream().filter(beam -> !best.contains(beam)).forEach(search::prune);
        live.removeIf(beam -> !best.contains(beam));
        live.forEach(search::keep);
        return live;
    }

    private List<SearchNode> best(List<SearchNode> live, int count) {
        List<SearchNode> order = new ArrayList<>(live);
        if (search.has(Quirk.BEAM_KEEPS_LAST_OF_EQUALS)) {
            Collections.reverse(order);
        }
        order.sort(Comparator.comparingDouble(search::value).reversed());
        return order.subList(0, Math.min(count, order.size()));
    }

    private void dropDuplicates(List<SearchNode> live) {
        Set<String> texts = new HashSet<>();
        live.removeIf(beam -> {
            boolean duplicate = !texts.add(beam.pathText());
            if (duplicate) {
                search.prune(beam);
            }
            return duplicate;
        });
    }

    private int keepCount() {
        int m = config.beamWidth();
        if (tile) {
            return config.n() < m ? config.n() : config.n() / m;
        }
        return (config.n() - ended.size() + m - 1) / m;
    }

    private List<Ending> endings() {
        List<SearchNode> order = new ArrayList<>(ended);
        if (config.sortCompleted()) {
            order.sort(Comparator.comparingDouble(search::value).reversed());
        }
        if (tile && order.stream().anyMatch(BeamSearch::isCompleted)) {
            order.removeIf(node -> !isCompleted(node));
            int completions = order.size();
            for (int i = completions; i < config.n(); i++) {
                order.add(order.get(i % completions));
            }
        }
        List<Ending> endings = new ArrayList<>();
        order.stream().limit(config.n()).forEach(node -> endings.add(new Ending(node, endings.size())));
        return endings;
    }

    private static boolean isCompleted(SearchNode node) {
        return node.fate() == SearchNode.Fate.COMPLETED;
    }
}
