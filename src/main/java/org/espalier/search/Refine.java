package org.espalier.search;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Self-refinement (Madaan et al. 2023, "Self-Refine", arXiv 2303.17651): the policy solves the problem, criticises its
 * solution, and writes it again. The paper lets the policy judge the result as well; here the PRM does, and a revision is
 * kept only if its score is better, because a policy often talks itself out of what is right (Huang et al. 2024, arXiv
 * 2310.01798). A chain ends with a critique that finds nothing, or after k attempts.
 *
 * <p>N attempts in all: ⌈N / k⌉ chains side by side, of which each has its best attempt vote.
 */
final class Refine implements SearchAlgorithm {
    static final String CRITIQUE = "Check this solution step by step. If all of it is correct, answer with one word:"
            + " Correct. Otherwise say which step is wrong, and why.";
    static final String REVISION = "Write the whole solution again without this error.";
    private static final String NOTHING_FOUND = "correct";

    private final SearchContext search;
    private final SearchConfig config;
    private final Questions questions;

    Refine(SearchContext search) {
        this.search = search;
        config = search.config();
        questions = search.questions();
    }

    @Override
    public CompletableFuture<List<Ending>> run() {
        int k = config.params().revisions();
        List<CompletableFuture<Ending>> chains = new ArrayList<>();
        for (int first = 0; first < config.n(); first += k) {
            int index = first;
            int attempts = Math.min(k, config.n() - first);
            chains.add(search.expansion()
                    .extendSteps(search.root(), chains.size(), Integer.MAX_VALUE)
                    .thenCompose(solution -> refine(solution, 0, attempts - 1))
                    .thenApply(best -> {
                        search.end(best);
                        return new Ending(best, index);
                    }));
        }
        search.root().retire();
        return SearchContext.all(chains);
    }

    /** @param asked how often this solution has been criticised before */
    private CompletableFuture<SearchNode> refine(SearchNode best, int asked, int attempts) {
        if (attempts == 0 || !questions.mayAsk(best)) {
            return CompletableFuture.completedFuture(best);
        }
        return questions
                .ask(best, asked, CRITIQUE)
                .map(question -> criticise(question, best, asked, attempts))
                .orElseGet(() -> CompletableFuture.completedFuture(best));
    }

    private CompletableFuture<SearchNode> criticise(SearchNode question, SearchNode best, int asked, int attempts) {
        CompletableFuture<SearchNode> critique = search.expansion().completeUnjudged(question, 0, config.sampling());
        question.retire();
        return critique.thenCompose(reply -> {
            boolean satisfied = reply.text().strip().toLowerCase(Locale.ROOT).startsWith(NOTHING_FOUND);
            Optional<SearchNode> demand =
                    satisfied || !questions.mayAsk(reply) ? Optional.empty() : questions.ask(reply, 0, REVISION);
            if (demand.isEmpty()) {
                search.prune(reply);
                return CompletableFuture.completedFuture(best);
            }
            search.keep(reply);
            CompletableFuture<SearchNode> revision = search.expansion().extendSteps(demand.get(), 0, Integer.MAX_VALUE);
            demand.get().retire();
            reply.retire();
            return revision.thenCompose(revised -> {
                if (search.paths().isFinished(revised) && search.value(revised) > search.value(best)) {
                    search.keep(best);
                    best.retire();
                    return refine(revised, 0, attempts - 1);
                }
                search.prune(revised);
                return refine(best, asked + 1, attempts - 1);
            });
        });
    }
}
