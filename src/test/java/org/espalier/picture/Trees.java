package org.espalier.picture;

import java.util.ArrayList;
import java.util.List;
import org.espalier.picture.RecordedTree.Ending;
import org.espalier.picture.RecordedTree.Node;
import org.espalier.picture.RecordedTree.Run;
import org.espalier.search.SearchNode.Fate;
import org.espalier.search.Vote;

/** Writes recorded trees by hand. */
final class Trees {
    static final String PROBLEM = "Start with 12, then multiply by 7, then subtract 5. What is the result?";

    private final List<Node> nodes = new ArrayList<>();

    Trees() {
        nodes.add(new Node(RecordedTree.NONE, 0, "", 0, Double.NaN, Fate.PROPOSED, null));
    }

    /** The new node's id. */
    int add(int parent, String text, double score, Fate fate) {
        Ending ending = fate == Fate.COMPLETED ? new Ending(text, text, 1) : null;
        nodes.add(new Node(parent, nodes.size(), text, 9, score, fate, ending));
        return nodes.size() - 1;
    }

    RecordedTree select(int node, Vote... votes) {
        String answer = nodes.get(node).text();
        return new RecordedTree(
                new Run(PROBLEM, "dvts", 4, answer, node, List.of(votes), 0.75, "completed", false, 1234, 567, 890),
                nodes);
    }

    RecordedTree withoutRun() {
        return new RecordedTree(null, nodes);
    }

    /** Two equal first steps that were kept and one that was pruned; then 79 twice, from equal paths, and 77. */
    static RecordedTree small() {
        Trees tree = new Trees();
        int first = tree.add(0, "## Step 1: Multiply: 12 * 7 = 84\n\n", 0.97, Fate.KEPT);
        int second = tree.add(0, "## Step 1: Multiply: 12 * 7 = 84\n\n", 0.97, Fate.KEPT);
        tree.add(0, "## Step 1: Multiply: 12 * 7 = 82\n\n", 0.31, Fate.PRUNED);
        tree.add(first, "79", 0.95, Fate.COMPLETED);
        int selected = tree.add(second, "79", 0.96, Fate.COMPLETED);
        tree.add(second, "77", 0.2, Fate.COMPLETED);
        tree.add(second, "looking ahead", 0.5, Fate.LOOKAHEAD);
        return tree.select(selected, new Vote("79", "79", 2, 1.91), new Vote("77", "77", 1, 0.2));
    }
}
