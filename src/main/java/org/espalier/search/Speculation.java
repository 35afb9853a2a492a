package org.espalier.search;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * Speculative beam extension (FastTTS, arXiv 2509.00195): a level of the beam is done when its longest step is. Whoever is
 * done before leaves a place in the batch, which goes to the first next step of the best candidate so far. If that one is
 * kept, its first child is there already, the same as it would have been, because a step depends on its path and its seed
 * alone; if not, what was written is wasted, and counted as discarded.
 */
final class Speculation {
    private final SearchContext search;
    private final Map<SearchNode, CompletableFuture<SearchNode>> begun = new HashMap<>();
    private final List<CompletableFuture<Void>> wasted = new ArrayList<>();

    Speculation(SearchContext search) {
        this.search = search;
    }

    /**
     * Begins next steps while candidates are still written.
     *
     * @param keep how many of them may be kept
     * @param first asks for a candidate's first next step
     */
    void watch(
            List<CompletableFuture<SearchNode>> candidates,
            int keep,
            Function<SearchNode, CompletableFuture<SearchNode>> first) {
        List<SearchNode> done = new ArrayList<>();
        for (CompletableFuture<SearchNode> candidate : candidates) {
            CompletableFuture<Void> unused = candidate.thenAccept(node -> {
                done.add(node);
                if (done.size() < candidates.size()) {
                    begin(done, keep, first);
                }
            });
        }
    }

    private void begin(List<SearchNode> done, int keep, Function<SearchNode, CompletableFuture<SearchNode>> first) {
        int free = done.size() - begun.size();
        List<SearchNode> best = done.stream()
                .filter(search::mayGrow)
                .sorted(Comparator.comparingDouble(search::value).reversed())
                .limit(keep)
                .filter(node -> !begun.containsKey(node))
                .limit(free)
                .toList();
        best.forEach(node -> begun.put(node, first.apply(node)));
    }

    /** A beam's first next step: the one that was begun, or one that is asked for now. */
    CompletableFuture<SearchNode> first(SearchNode beam, Function<SearchNode, CompletableFuture<SearchNode>> first) {
        CompletableFuture<SearchNode> step = begun.remove(beam);
        return step == null ? first.apply(beam) : step;
    }

    /** What was begun and has not been taken is not wanted. */
    void drop() {
        begun.values().forEach(step -> wasted.add(step.thenAccept(search::prune)));
        begun.clear();
    }

    /** When nothing that was begun is in flight any more, whether it failed or not. */
    CompletableFuture<Void> settled() {
        drop();
        return CompletableFuture.allOf(wasted.toArray(CompletableFuture<?>[]::new))
                .exceptionally(thrown -> null);
    }
}
