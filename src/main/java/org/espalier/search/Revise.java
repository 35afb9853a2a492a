package org.espalier.search;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Sequential revisions (Snell et al. 2024, arXiv 2408.03314, §6): chains in which the policy reads its earlier attempts and
 * writes the next one. k attempts one after the other and N / k chains side by side: k is the paper's ratio of sequential to
 * parallel compute, of which easy problems want more and hard ones less. All attempts are judged and vote, because a
 * revision may be worse than what it revises.
 *
 * <p>The paper fine-tunes a policy to revise; this one is asked in words. A chain ends early where the context is full, or an
 * attempt is not finished.
 */
final class Revise implements SearchAlgorithm {
    static final String REVISION =
            "There may be an error in this solution. Look for it, and write the whole solution again" + " without it.";

    private final SearchContext search;
    private final SearchConfig config;
    private final Questions questions;

    Revise(SearchContext search) {
        this.search = search;
        config = search.config();
        questions = search.questions();
    }

    @Override
    public CompletableFuture<List<Ending>> run() {
        int k = config.params().revisions();
        List<CompletableFuture<List<Ending>>> chains = new ArrayList<>();
        for (int first = 0; first < config.n(); first += k) {
            int end = Math.min(first + k, config.n());
            chains.add(attempt(search.root(), chains.size(), first, end));
        }
        search.root().retire();
        return SearchContext.all(chains)
                .thenApply(attempts -> attempts.stream().flatMap(List::stream).toList());
    }

    /** Attempts for the places from this one to the chain's end. */
    private CompletableFuture<List<Ending>> attempt(SearchNode after, int child, int index, int end) {
        return search.expansion().extendSteps(after, child, Integer.MAX_VALUE).thenCompose(solution -> {
            List<Ending> attempts = new ArrayList<>();
            attempts.add(new Ending(solution, index));
            boolean goesOn = index + 1 < end && questions.mayAsk(solution);
            Optional<SearchNode> question = goesOn ? questions.ask(solution, 0, REVISION) : Optional.empty();
            CompletableFuture<List<Ending>> rest = question.map(asked -> {
                        CompletableFuture<List<Ending>> next = attempt(asked, 0, index + 1, end);
                        asked.retire();
                        return next;
                    })
                    .orElseGet(() -> CompletableFuture.completedFuture(List.of()));
            return rest.thenApply(later -> {
                search.end(solution);
                attempts.addAll(later);
                return attempts;
            });
        });
    }
}
