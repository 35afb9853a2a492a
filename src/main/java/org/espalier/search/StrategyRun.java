package org.espalier.search;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.espalier.search.SearchNode.Fate;

/** One run of a caller's strategy. It ends when the strategy has ended and nothing that it asked for is in flight. */
final class StrategyRun implements SearchAlgorithm, SearchSteps {
    private static final Set<Fate> ENDED = EnumSet.of(Fate.COMPLETED, Fate.ABANDONED, Fate.PRUNED);

    private final SearchStrategy strategy;
    private final SearchContext search;
    private final Executor thread;
    private final Questions questions;
    private final List<CompletableFuture<SearchNode>> asked = new ArrayList<>();

    /** @param thread the policy's */
    StrategyRun(SearchStrategy strategy, SearchContext search, Executor thread) {
        this.strategy = strategy;
        this.search = search;
        this.thread = thread;
        questions = search.questions();
    }

    @Override
    public CompletableFuture<List<Ending>> run() {
        CompletableFuture<List<SearchNode>> ends =
                RunControl.ask(() -> Objects.requireNonNull(strategy.run(this), "the strategy returned no future"));
        return ends.handleAsync((found, thrown) -> true, thread)
                .thenCompose(over -> settled())
                .thenCompose(v -> ends)
                .thenApply(this::endings);
    }

    /** Whatever is asked for meanwhile is waited for too. */
    private CompletableFuture<Void> settled() {
        List<CompletableFuture<SearchNode>> pending = List.copyOf(asked);
        asked.clear();
        return pending.isEmpty()
                ? CompletableFuture.completedFuture(null)
                : CompletableFuture.allOf(pending.toArray(CompletableFuture<?>[]::new))
                        .handle((v, thrown) -> true)
                        .thenCompose(over -> settled());
    }

    private List<Ending> endings(List<SearchNode> ends) {
        List<Ending> endings = new ArrayList<>();
        for (SearchNode end : ends) {
            if (!ENDED.contains(end.fate())) {
                search.end(end);
            }
            endings.add(new Ending(end, endings.size()));
        }
        return endings;
    }

    private CompletableFuture<SearchNode> remember(CompletableFuture<SearchNode> step) {
        asked.add(step);
        return step;
    }

    @Override
    public SearchNode root() {
        return search.root();
    }

    @Override
    public SearchConfig config() {
        return search.config();
    }

    @Override
    public CompletableFuture<SearchNode> propose(SearchNode parent, int childIndex) {
        return remember(
                search.expansion().extendStepOpen(parent, childIndex, true).thenApply(this::heldIfAskable));
    }

    @Override
    public CompletableFuture<SearchNode> complete(SearchNode parent, int childIndex) {
        return remember(search.expansion()
                .extendSteps(parent, childIndex, Integer.MAX_VALUE)
                .thenApply(this::heldIfAskable));
    }

    /** Lets go of the end of a path unless it can be asked about. */
    private SearchNode heldIfAskable(SearchNode node) {
        if (!search.paths().goesOn(node) && !questions.mayAsk(node)) {
            node.retire();
        }
        return node;
    }

    @Override
    public Optional<SearchNode> ask(SearchNode about, int childIndex, String question) {
        return questions.mayAsk(about) ? questions.ask(about, childIndex, question) : Optional.empty();
    }

    @Override
    public double value(SearchNode node) {
        return search.value(node);
    }

    @Override
    public boolean mayGrow(SearchNode node) {
        return search.mayGrow(node);
    }

    @Override
    public boolean isStopped() {
        return search.control().stopped();
    }

    @Override
    public void keep(SearchNode node) {
        search.keep(node);
    }

    @Override
    public void prune(SearchNode node) {
        search.prune(node);
    }

    @Override
    public void retire(SearchNode node) {
        node.retire();
    }
}
