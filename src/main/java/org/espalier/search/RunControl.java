package org.espalier.search;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.espalier.model.DrawnTokens;
import org.espalier.model.Futures;
import org.espalier.model.Limit;
import org.espalier.model.Meter;
import org.espalier.search.SearchNode.Fate;
import org.jspecify.annotations.Nullable;

/** Whether a run may go on, what went wrong in it, and who is told. */
final class RunControl {
    private final Meter meter;
    private final SearchListener listener;
    private @Nullable Throwable failure;
    private boolean cutShort;
    private boolean settled;
    private @Nullable Limit bound;

    RunControl(Meter meter, SearchListener listener) {
        this.meter = meter;
        this.listener = listener;
    }

    Meter meter() {
        return meter;
    }

    /** Since the run began. */
    long millis() {
        return meter.elapsed().toMillis();
    }

    /** Whether a limit of the budget, a cancel or a failure forbids to ask for more. Ask only if there is more to do. */
    boolean stopped() {
        boolean stopped = failure != null || meter.exceeded().isPresent();
        cutShort |= stopped;
        return stopped;
    }

    /** A port ended something before it was done. */
    void cutShort() {
        cutShort = true;
    }

    /** A limit is not reached, but leaves no room for what would be done next. */
    void bind(Limit limit) {
        bound = limit;
    }

    /** More would not change the answer. */
    void settle() {
        settled = true;
    }

    boolean settled() {
        return settled;
    }

    /** The limit that ended the search, if one did. */
    Optional<Limit> stoppedBy() {
        return bound != null ? Optional.of(bound) : cutShort ? meter.exceeded() : Optional.empty();
    }

    /** Ends the run: what is in flight is cancelled, and the first failure is the one that is reported. */
    void fail(Throwable thrown) {
        if (failure == null) {
            failure = Futures.cause(thrown);
            meter.cancel();
        }
    }

    Throwable failureOr(Throwable thrown) {
        return failure == null ? Futures.cause(thrown) : failure;
    }

    /** What receives a step's text as it is written; null if nobody reads along. */
    @Nullable
    Consumer<String> readerOf(SearchNode node) {
        return listener.readsAlong() ? text -> tell((to, of) -> to.writing(of, text), node) : null;
    }

    /** What receives the text of the only path that there will be. */
    Consumer<String> readerOfOnly(@Nullable DrawnTokens drawn) {
        return drawn == null
                ? text -> tell(SearchListener::settled, text)
                : text -> tell((to, more) -> to.settled(more, drawn.next(more)), text);
    }

    /** What receives the tokens of a step; null if nobody wants to know them. */
    @Nullable
    DrawnTokens drawnTokens() {
        int likeliest = listener.likeliestTokens();
        return likeliest < 0 ? null : new DrawnTokens(likeliest);
    }

    <T> void tell(BiConsumer<SearchListener, T> event, T node) {
        try {
            event.accept(listener, node);
        } catch (RuntimeException | Error thrown) {
            fail(thrown);
            throw thrown;
        }
    }

    /**
     * Decides about a node, and tells.
     *
     * @param fate that a decision gives
     */
    void decide(SearchNode node, Fate fate) {
        node.decide(fate, millis());
        tell(
                switch (fate) {
                    case KEPT -> SearchListener::kept;
                    case PRUNED -> SearchListener::pruned;
                    case COMPLETED -> SearchListener::completed;
                    case ABANDONED -> SearchListener::abandoned;
                    case PROPOSED, LOOKAHEAD -> throw new IllegalArgumentException(fate + " is not decided");
                },
                node);
    }

    /** What a port answers; whatever it throws comes as a failed future. */
    static <T> CompletableFuture<T> ask(Supplier<CompletableFuture<T>> port) {
        try {
            return port.get();
        } catch (RuntimeException | Error thrown) {
            return CompletableFuture.failedFuture(thrown);
        }
    }
}
