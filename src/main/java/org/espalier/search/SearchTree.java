package org.espalier.search;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Everything that a search wrote, whether it was kept or not. */
public final class SearchTree {
    private final List<SearchNode> nodes = new ArrayList<>();

    SearchTree(long rootSeed) {
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
        nodes.forEach(SearchNode::close);
    }
}
