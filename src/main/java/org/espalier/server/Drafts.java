package org.espalier.server;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.espalier.search.SearchNode;

/**
 * Gathers what steps that are being written go on with, so that a client is told a few times a second and not with every
 * token. On the policy's thread.
 */
final class Drafts {
    /** Between two tellings at least. */
    static final long NANOS = 120_000_000;

    /**
     * What a step goes on with.
     *
     * @param node its place in the tree, where it will be proposed
     * @param parent 0 is the prompt
     */
    record Draft(int node, int parent, int depth, String text) {}

    private final Consumer<List<Draft>> told;
    private final LongSupplier clock;
    private final Map<SearchNode, StringBuilder> untold = new LinkedHashMap<>();
    private long last;

    /** @param clock nanoseconds, as {@link System#nanoTime()} has them */
    Drafts(Consumer<List<Draft>> told, LongSupplier clock) {
        this.told = told;
        this.clock = clock;
        last = clock.getAsLong();
    }

    /** A step goes on. */
    void write(SearchNode node, String text) {
        // A token may end a turn, or be part of a character.
        if (text.isEmpty()) {
            return;
        }
        untold.computeIfAbsent(node, begun -> new StringBuilder()).append(text);
        long now = clock.getAsLong();
        if (now - last < NANOS) {
            return;
        }
        last = now;
        List<Draft> drafts = untold.entrySet().stream()
                .map(entry -> of(entry.getKey(), entry.getValue().toString()))
                .toList();
        untold.clear();
        told.accept(drafts);
    }

    /** A step is complete: it is told whole. */
    void complete(SearchNode node) {
        untold.remove(node);
    }

    private static Draft of(SearchNode node, String text) {
        SearchNode parent = node.parent();
        return new Draft(node.id(), parent == null ? 0 : parent.id(), node.depth(), text);
    }
}
