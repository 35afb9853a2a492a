package org.espalier.server;

import java.util.Locale;
import java.util.function.Consumer;
import org.espalier.search.SearchListener;
import org.espalier.search.SearchNode;
import org.jspecify.annotations.Nullable;

/**
 * Something that happened in a search, as a stream tells it.
 *
 * @param event what: proposed, scored, kept, pruned, completed or abandoned
 * @param node its place in the tree
 * @param parent 0 is the prompt
 * @param text of the step; null but for "proposed"
 * @param tokens of the step; null but for "proposed"
 * @param score of the step; null unless the event is that there is one
 * @param stopReason why the step ended; null but for "proposed"
 */
record SearchEvent(
        String event,
        int node,
        int parent,
        int depth,
        @Nullable String text,
        @Nullable Integer tokens,
        @Nullable Double score,
        @Nullable String stopReason) {

    /** Copies what happens, on the policy's thread. */
    static SearchListener listener(Consumer<SearchEvent> inbox) {
        return new SearchListener() {
            @Override
            public void proposed(SearchNode node) {
                String reason = node.stopReason() == null
                        ? null
                        : node.stopReason().name().toLowerCase(Locale.ROOT);
                inbox.accept(of("proposed", node, node.text(), node.tokens(), null, reason));
            }

            @Override
            public void scored(SearchNode node) {
                double score = node.score();
                inbox.accept(of("scored", node, null, null, Double.isNaN(score) ? null : score, null));
            }

            @Override
            public void kept(SearchNode node) {
                inbox.accept(of("kept", node, null, null, null, null));
            }

            @Override
            public void pruned(SearchNode node) {
                inbox.accept(of("pruned", node, null, null, null, null));
            }

            @Override
            public void completed(SearchNode node) {
                inbox.accept(of("completed", node, null, null, null, null));
            }

            @Override
            public void abandoned(SearchNode node) {
                inbox.accept(of("abandoned", node, null, null, null, null));
            }
        };
    }

    private static SearchEvent of(
            String event,
            SearchNode node,
            @Nullable String text,
            @Nullable Integer tokens,
            @Nullable Double score,
            @Nullable String stopReason) {
        SearchNode parent = node.parent();
        return new SearchEvent(
                event, node.id(), parent == null ? 0 : parent.id(), node.depth(), text, tokens, score, stopReason);
    }
}
