package org.espalier.search;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import org.espalier.model.StopReason;
import org.espalier.search.SearchAlgorithm.Ending;
import org.espalier.search.Semantics.Quirk;

/**
 * Diverse verifier tree search (Beeching, Tunstall and Rush 2024, "Scaling test-time compute with open models";
 * search-and-learn {@code search/diverse_verifier_tree_search.py}): N/M subtrees that do not compete. Each samples M next
 * steps, commits the one that the PRM likes best, and goes on from there. A subtree goes on by itself and never waits for
 * another one's longer step.
 *
 * <p>Strict semantics: a subtree ends when its committed step ends the path, that is when the policy ends its turn;
 * a boxed answer alone does not end it, because models box intermediate results as well. Its completions are the committed
 * one and those of its siblings that are finished, too: at most M, and no path that would fail to parse (search-and-learn
 * issue #57). Finished candidates of earlier steps lost to a step that went on, and are pruned. A candidate that a limit
 * ended is committed only if all its siblings are dead ends like it; the best of them is then reported as unfinished and
 * does not vote. Ties go to the first candidate. After {@code maxIterations} - 1 steps the M candidates are sampled to the
 * end.
 *
 * <p>Parity semantics: {@link Quirk#END_AT_BOXED}, {@link Quirk#EMIT_SIBLINGS}.
 */
final class Dvts implements Partitionable {
    private static final String BOXED = "boxed{";

    private final SearchContext search;
    private final SearchConfig config;

    Dvts(SearchContext search) {
        this.search = search;
        config = search.config();
    }

    /** A subtree. */
    @Override
    public int unit() {
        return config.beamWidth();
    }

    @Override
    public CompletableFuture<List<Ending>> part(int first, int count) {
        List<CompletableFuture<List<Ending>>> subtrees = new ArrayList<>();
        for (int firstIndex = first; firstIndex < first + count; firstIndex += unit()) {
            subtrees.add(grow(search.root(), firstIndex, firstIndex, 1));
        }
        return SearchContext.all(subtrees)
                .thenApply(endings -> endings.stream().flatMap(List::stream).toList());
    }

    private CompletableFuture<List<Ending>> grow(SearchNode from, int firstChild, int firstIndex, int iteration) {
        boolean last = iteration == config.maxIterations();
        List<CompletableFuture<SearchNode>> candidates = new ArrayList<>();
        for (int j = 0; j < config.beamWidth(); j++) {
            int child = firstChild + j;
            candidates.add(
                    last
                            ? search.expansion().extendToEnd(from, child)
                            : search.expansion().extendStep(from, child, true));
        }
        if (from != search.root()) {
            from.retire();
        }
        return SearchContext.all(candidates).thenCompose(judged -> {
            SearchNode committed = argmax(judged);
            boolean ended = !search.paths().goesOn(committed) || endsAtBoxed(committed);
            if (ended || !search.mayGrow(committed)) {
                return CompletableFuture.completedFuture(end(judged, firstIndex, ended));
            }
            judged.stream().filter(node -> node != committed).forEach(search::prune);
            search.keep(committed);
            return grow(committed, 0, firstIndex, iteration + 1);
        });
    }

    private SearchNode argmax(List<SearchNode> candidates) {
        Comparator<SearchNode> best = Comparator.comparing((SearchNode node) ->
                        search.paths().goesOn(node) || search.paths().isFinished(node))
                .thenComparingDouble(search::value);
        return ArgMax.firstOfGreatest(candidates, best);
    }

    private SearchNode bestUnfinished(List<SearchNode> candidates) {
        return ArgMax.firstOfGreatest(
                candidates, Comparator.comparing(search.paths()::statesAnswer).thenComparingDouble(search::value));
    }

    private boolean endsAtBoxed(SearchNode node) {
        return search.has(Quirk.END_AT_BOXED) && node.pathText().contains(BOXED);
    }

    /** @param ended whether the subtree came to its end; otherwise the run was stopped */
    private List<Ending> end(List<SearchNode> candidates, int firstIndex, boolean ended) {
        boolean emitSiblings = ended && search.has(Quirk.EMIT_SIBLINGS);
        Predicate<SearchNode> isCompletion = emitSiblings
                ? node -> node.stopReason() != StopReason.CANCELLED && !node.isRefuted()
                : search.paths()::isFinished;
        boolean unfinished = candidates.stream().noneMatch(isCompletion);
        SearchNode best = unfinished ? bestUnfinished(candidates) : candidates.get(0);
        List<Ending> endings = new ArrayList<>();
        for (int j = 0; j < candidates.size(); j++) {
            SearchNode node = candidates.get(j);
            if (isCompletion.test(node)) {
                search.complete(node);
            } else if (unfinished && node == best && !node.isRefuted()) {
                search.abandon(node);
            } else {
                search.prune(node);
                continue;
            }
            endings.add(new Ending(node, firstIndex + j));
        }
        return endings;
    }
}
