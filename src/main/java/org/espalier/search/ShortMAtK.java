package org.espalier.search;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * short-m@k (Hassid et al. 2025, "Don't Overthink it. Preferring Shorter Thinking Chains for Improved LLM Reasoning", arXiv
 * 2505.17813, section 4): k completions are written in parallel until m of them are finished, which then vote; of answers
 * with as many votes, the one that was there first wins. The paper's k is n here. Made for policies that think; no PRM.
 *
 * <p>The completions go on by rounds of the same number of tokens, so that which ones are the shortest depends on what is
 * drawn alone. What a round writes too much is at most its tokens for each completion. Sample i draws what sample i of
 * {@link MajorityVote} does.
 */
final class ShortMAtK implements SearchAlgorithm {
    private static final int ROUND_TOKENS = 64;

    private final SearchContext search;
    private final int m;

    ShortMAtK(SearchContext search) {
        this.search = search;
        m = Math.min(search.config().shortest(), search.config().n());
    }

    @Override
    public CompletableFuture<List<Ending>> run() {
        List<CompletableFuture<Ending>> round = new ArrayList<>();
        for (int i = 0; i < search.config().n(); i++) {
            int index = i;
            round.add(search.expansion()
                    .continueUnjudged(search.root(), i, ROUND_TOKENS)
                    .thenApply(node -> new Ending(node, index)));
        }
        search.root().retire();
        return SearchContext.all(round).thenCompose(this::goOn);
    }

    private CompletableFuture<List<Ending>> goOn(List<Ending> paths) {
        long finished = paths.stream()
                .filter(path -> search.paths().isFinished(path.node()))
                .count();
        boolean done = finished >= m
                || paths.stream().noneMatch(path -> search.expansion().mayContinue(path.node()));
        if (done) {
            return CompletableFuture.completedFuture(elected(paths));
        }
        List<CompletableFuture<Ending>> round = new ArrayList<>();
        for (Ending path : paths) {
            round.add(
                    search.expansion().mayContinue(path.node())
                            ? longer(path)
                            : CompletableFuture.completedFuture(path));
        }
        return SearchContext.all(round).thenCompose(this::goOn);
    }

    private CompletableFuture<Ending> longer(Ending path) {
        search.keep(path.node());
        CompletableFuture<Ending> longer = search.expansion()
                .continueUnjudged(path.node(), 0, ROUND_TOKENS)
                .thenApply(node -> new Ending(node, path.index()));
        path.node().retire();
        return longer;
    }

    /** The first m finished ones vote, the shortest first; all others are left. */
    private List<Ending> elected(List<Ending> paths) {
        List<Ending> first = paths.stream()
                .filter(path -> search.paths().isFinished(path.node()))
                .sorted(Comparator.comparingInt(path -> path.node().pathTokens()))
                .limit(m)
                .toList();
        List<Ending> ordered = new ArrayList<>(first);
        first.forEach(path -> search.complete(path.node()));
        for (Ending path : paths) {
            if (!first.contains(path)) {
                search.abandon(path.node());
                ordered.add(path);
            }
        }
        return ordered;
    }
}
