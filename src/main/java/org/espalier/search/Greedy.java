package org.espalier.search;

import java.util.List;
import java.util.concurrent.CompletableFuture;

/** The baseline of every paper: one completion, always the most likely token. Ignores n, the PRM and the seed. */
final class Greedy implements SearchAlgorithm {
    private final SearchContext search;

    Greedy(SearchContext search) {
        this.search = search;
    }

    @Override
    public CompletableFuture<List<Ending>> run() {
        CompletableFuture<SearchNode> completion = search.expansion()
                .completeStreaming(search.root(), search.config().sampling().greedy());
        search.root().retire();
        return completion.thenApply(node -> {
            search.end(node);
            return List.of(new Ending(node, 0));
        });
    }
}
