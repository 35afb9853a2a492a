package org.espalier.picture;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.espalier.picture.Branch.Kind;
import org.espalier.picture.RecordedTree.Node;
import org.espalier.search.SearchNode.Fate;

/**
 * A recorded tree as it is drawn. Siblings with the same text and the same fate become one branch, and so do their
 * children; lookahead steps, which belong to no path, are left out. A tree of more than {@value #MANY} branches gets
 * its pruned leaves folded, parent by parent; if more than {@value #TOO_MANY} are left, parents keep their {@value
 * #BEST} best branches. The path that gave the answer is never folded.
 */
final class Outline {
    static final int MANY = 120;
    static final int TOO_MANY = 400;
    static final int BEST = 12;

    private final List<Node> nodes;
    private final List<List<Integer>> childrenOf = new ArrayList<>();
    private final Set<Integer> path = new HashSet<>();

    private Outline(RecordedTree tree) {
        nodes = tree.nodes();
        nodes.forEach(node -> childrenOf.add(new ArrayList<>()));
        for (int id = 1; id < nodes.size(); id++) {
            if (nodes.get(id).fate() != Fate.LOOKAHEAD) {
                childrenOf.get(nodes.get(id).parent()).add(id);
            }
        }
        childrenOf.forEach(
                row -> row.sort(Comparator.comparingInt(id -> nodes.get(id).child())));
        Integer selected = tree.run() == null ? null : tree.run().selected();
        for (int id = selected == null ? RecordedTree.NONE : selected;
                id != RecordedTree.NONE;
                id = nodes.get(id).parent()) {
            path.add(id);
        }
    }

    /** The branches level by level, each level in the order of the one before it; the problem first. */
    static List<Branch> of(RecordedTree tree) {
        return new Outline(tree).grow();
    }

    private List<Branch> grow() {
        Branch root = new Branch(Kind.PROBLEM, 0, List.of(0), 0, path.contains(0));
        List<Branch> branches = new ArrayList<>(List.of(root));
        for (int i = 0; i < branches.size(); i++) {
            branches.get(i).children().addAll(merge(branches.get(i)));
            branches.addAll(branches.get(i).children());
        }
        if (branches.size() > MANY) {
            branches.forEach(this::foldPruned);
            branches = below(root);
        }
        if (branches.size() > TOO_MANY) {
            branches.forEach(this::foldAllButTheBest);
            branches = below(root);
        }
        return branches;
    }

    private static List<Branch> below(Branch root) {
        List<Branch> branches = new ArrayList<>(List.of(root));
        for (int i = 0; i < branches.size(); i++) {
            branches.addAll(branches.get(i).children());
        }
        return branches;
    }

    private List<Branch> merge(Branch parent) {
        record Place(String text, Fate fate) {}
        Map<Place, List<Integer>> equal = new LinkedHashMap<>();
        for (int member : parent.members()) {
            for (int id : childrenOf.get(member)) {
                Node node = nodes.get(id);
                equal.computeIfAbsent(new Place(node.text().strip(), node.fate()), place -> new ArrayList<>())
                        .add(id);
            }
        }
        return equal.values().stream()
                .map(members -> {
                    int shown =
                            members.stream().filter(path::contains).findFirst().orElse(members.get(0));
                    return new Branch(
                            kind(nodes.get(shown).fate()), parent.depth() + 1, members, shown, path.contains(shown));
                })
                .toList();
    }

    private static Kind kind(Fate fate) {
        return switch (fate) {
            case KEPT -> Kind.STEP;
            case COMPLETED -> Kind.COMPLETION;
            case ABANDONED -> Kind.UNFINISHED;
            case PROPOSED, PRUNED, LOOKAHEAD -> Kind.PRUNED;
        };
    }

    private void foldPruned(Branch parent) {
        fold(
                parent,
                Kind.FOLDED_PRUNED,
                branch -> branch.kind() == Kind.PRUNED && branch.children().isEmpty());
    }

    private void foldAllButTheBest(Branch parent) {
        Set<Integer> best = new HashSet<>();
        Stream<Branch> ranked = parent.children().stream()
                .filter(branch -> !branch.isFolded())
                .sorted(Comparator.comparing(Branch::onPath)
                        .thenComparingDouble(this::rank)
                        .reversed());
        ranked.limit(BEST).forEach(branch -> best.add(branch.shown()));
        fold(parent, Kind.FOLDED_REST, branch -> !branch.isFolded() && !best.contains(branch.shown()));
    }

    private double rank(Branch branch) {
        double score = nodes.get(branch.shown()).score();
        return Double.isNaN(score) ? Double.NEGATIVE_INFINITY : score;
    }

    /** Puts one branch in the place of those that are to be folded, behind all others; a single one stays. */
    private static void fold(Branch parent, Kind kind, Predicate<Branch> mayFold) {
        Predicate<Branch> isFolded = branch -> !branch.onPath() && mayFold.test(branch);
        List<Branch> folded = parent.children().stream().filter(isFolded).toList();
        if (folded.size() < 2) {
            return;
        }
        List<Integer> members =
                folded.stream().flatMap(branch -> branch.members().stream()).toList();
        parent.children().removeIf(isFolded);
        parent.children().add(new Branch(kind, parent.depth() + 1, members, members.get(0), false));
    }
}
