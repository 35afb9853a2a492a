package org.espalier.cli;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.espalier.model.Completion;
import org.espalier.model.Excerpt;
import org.espalier.search.SearchNode;
import org.espalier.search.SearchNode.Fate;
import org.espalier.search.SearchTree;
import org.espalier.search.Solution;

/**
 * A search's tree as text: a line a step, indented below the one before it, the chosen path in bold, what was cut off after
 * a hyphen.
 */
final class TreeText {
    private static final int MOST_LINES = 200;
    private static final int LEAST_TEXT = 20;

    private final Terminal terminal;
    private final Map<SearchNode, List<SearchNode>> children = new HashMap<>();
    private final Set<SearchNode> chosen = new HashSet<>();
    private int lines;

    TreeText(Terminal terminal) {
        this.terminal = terminal;
    }

    void print(Solution solution) {
        SearchTree tree = solution.tree();
        for (SearchNode node : tree.nodes()) {
            SearchNode parent = node.parent();
            if (parent != null && node.childIndex() != SearchNode.LOOKAHEAD_CHILD) {
                children.computeIfAbsent(parent, unused -> new ArrayList<>()).add(node);
            }
        }
        String best = solution.best().map(Completion::text).orElse("");
        tree.nodes().stream()
                .filter(node -> !best.isEmpty() && node.pathText().equals(best))
                .findFirst()
                .ifPresent(node -> chosen.addAll(node.path()));
        print(List.of(tree.root()), 0);
        if (lines > MOST_LINES) {
            terminal.println("@|faint %d more steps: /tree FILE.svg draws them all|@", lines - MOST_LINES);
        }
    }

    /** Steps that say the same below the same path are one line. */
    private void print(List<SearchNode> parents, int depth) {
        Map<String, List<SearchNode>> same = new LinkedHashMap<>();
        for (SearchNode parent : parents) {
            for (SearchNode node : children.getOrDefault(parent, List.of())) {
                same.computeIfAbsent(node.text(), unused -> new ArrayList<>()).add(node);
            }
        }
        for (List<SearchNode> steps : same.values()) {
            if (lines++ < MOST_LINES) {
                print(steps.get(0), steps, depth);
            }
            print(steps, depth + 1);
        }
    }

    private void print(SearchNode first, List<SearchNode> steps, int depth) {
        String score = Double.isNaN(first.score()) ? "    " : String.format(Locale.ROOT, "%.2f", first.score());
        boolean cut = steps.stream().allMatch(node -> node.fate() == Fate.PRUNED);
        String times = steps.size() == 1 ? "" : "x" + steps.size() + " ";
        int room = Math.max(LEAST_TEXT, terminal.columns() - 8 - 2 * depth);
        String text = times + first.text().strip().replaceAll("\\s+", " ");
        String line = "  ".repeat(depth) + Excerpt.within(text, room);
        boolean bold = steps.stream().anyMatch(chosen::contains);
        terminal.println(bold ? "%s %s @|bold %s|@" : "@|faint %s %s %s|@", score, cut ? "-" : " ", line);
    }
}
