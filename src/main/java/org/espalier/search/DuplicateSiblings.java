package org.espalier.search;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Siblings that say the same: where the policy is sure, most of them do. What follows one follows the other, so that one of
 * them is extended for all, as often as they would have been together.
 */
final class DuplicateSiblings {
    private record Place(SearchNode parent, String text) {}

    private DuplicateSiblings() {}

    /** For each node the first one that has its parent and, white space apart, its text; itself for most. */
    static List<SearchNode> firsts(List<SearchNode> nodes) {
        Map<Place, SearchNode> seen = new HashMap<>();
        List<SearchNode> firsts = new ArrayList<>();
        for (SearchNode node : nodes) {
            SearchNode parent = node.parent();
            SearchNode first = parent == null ? node : seen.putIfAbsent(new Place(parent, normalised(node)), node);
            firsts.add(first == null ? node : first);
        }
        return firsts;
    }

    /** The text, white space apart. */
    static String normalised(SearchNode node) {
        return node.text().strip().replaceAll("\\s+", " ");
    }
}
