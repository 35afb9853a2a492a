package org.espalier.search;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.espalier.model.Closer;

/** Everything that a search wrote, whether it was kept or not. */
public final class SearchTree {
    private static final int ENOUGH_TEXTS = 8;

    private final List<SearchNode> nodes = new ArrayList<>();
    private final boolean mayRefute;

    SearchTree(long rootSeed) {
        this(rootSeed, false);
    }

    /** @param mayRefute whether a verifier judges, of which a score of 1 says only that nothing speaks against a step */
    SearchTree(long rootSeed, boolean mayRefute) {
        this.mayRefute = mayRefute;
        nodes.add(new SearchNode(0, null, 0, rootSeed));
    }

    /** The prompt. */
    public SearchNode root() {
        return nodes.get(0);
    }

    /** All nodes; a node's place is its id, and its parent comes before it. */
    public List<SearchNode> nodes() {
        return Collections.unmodifiableList(nodes);
    }

    /**
     * Whether the PRM does not tell steps apart: it has judged some different ones, and gave all of them the same score or
     * none. That a verifier has nothing against any is no such thing.
     */
    public boolean isPrmBlind() {
        List<SearchNode> judged = nodes.stream()
                .filter(node -> node.scoredMillis() >= 0 && !node.isRefuted())
                .toList();
        return judged.stream().map(SearchNode::text).distinct().count() >= ENOUGH_TEXTS
                && judged.stream().map(SearchNode::score).distinct().count() == 1
                && !(mayRefute && judged.get(0).score() == 1);
    }

    /** Steps that a verifier has refuted. */
    public long refuted() {
        return nodes.stream().filter(SearchNode::isRefuted).count();
    }

    SearchNode add(SearchNode parent, int childIndex) {
        long seed = Seeds.child(parent.seed(), Math.max(0, childIndex), parent.depth() + 1);
        SearchNode node = new SearchNode(nodes.size(), parent, childIndex, seed);
        nodes.add(node);
        return node;
    }

    SearchNode addQuestion(SearchNode parent, int childIndex) {
        SearchNode node = add(parent, childIndex);
        node.putAsQuestion();
        return node;
    }

    /** Closes all that its nodes still hold. */
    void close() {
        Closer closer = new Closer();
        nodes.forEach(node -> closer.add(node.resources()::close));
        closer.close();
    }
}
