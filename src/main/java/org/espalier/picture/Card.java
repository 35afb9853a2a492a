package org.espalier.picture;

import java.util.List;
import java.util.Locale;
import org.espalier.picture.Branch.Kind;
import org.espalier.picture.RecordedTree.Ending;
import org.espalier.picture.RecordedTree.Node;
import org.espalier.picture.RecordedTree.Run;
import org.espalier.search.Vote;
import org.jspecify.annotations.Nullable;

/**
 * What a branch looks like, before it has a place. Lengths are in pixels.
 *
 * @param lines of text, the first one prominent if the branch ends a completion
 * @param mark how many equal steps it stands for; empty for one
 * @param score of the step; {@link Double#NaN} if none is drawn
 * @param width that it needs; its column may be wider
 */
record Card(Branch branch, List<String> lines, String mark, double score, double width, double height) {
    private static final double PADDING = 10;
    private static final double END_PADDING = 14;
    static final double FONT = 12;
    static final double SMALL_FONT = 11;
    static final double END_FONT = 13;
    static final double LINE = 16;
    static final double CHIP_WIDTH = 36;
    static final double CHIP_HEIGHT = 19;

    private static final double STEP_WIDTH = 158;
    private static final double END_WIDTH = 130;
    private static final double PROBLEM_WIDTH = 196;
    private static final int STEP_LINES = 2;
    private static final int PROBLEM_LINES = 14;
    private static final double GAP = 8;

    static Card of(Branch branch, RecordedTree tree) {
        Node node = tree.nodes().get(branch.shown());
        Run run = tree.run();
        return switch (branch.kind()) {
            case PROBLEM -> {
                String problem = run == null ? "The problem was not recorded." : run.problem();
                yield sized(
                        branch,
                        TextBox.wrap(StepLabel.oneLine(problem), FONT, PROBLEM_WIDTH, PROBLEM_LINES),
                        Double.NaN);
            }
            case STEP, PRUNED -> {
                String label = StepLabel.of(node.text());
                yield sized(
                        branch,
                        TextBox.wrap(label.isEmpty() ? "(empty)" : label, FONT, STEP_WIDTH, STEP_LINES),
                        node.score());
            }
            case COMPLETION, UNFINISHED -> sized(branch, end(branch, node, run), node.score());
            case FOLDED_PRUNED -> sized(branch, List.of("+" + branch.members().size() + " pruned"), Double.NaN);
            case FOLDED_REST -> sized(branch, List.of("+" + branch.members().size() + " branches"), Double.NaN);
        };
    }

    boolean hasScore() {
        return !Double.isNaN(score);
    }

    /** Between its edge and its text. */
    double padding() {
        return padding(branch);
    }

    private static double padding(Branch branch) {
        return branch.isEnd() ? END_PADDING : PADDING;
    }

    /** As it is drawn. */
    String scoreText() {
        return String.format(Locale.ROOT, "%.2f", score);
    }

    private static Card sized(Branch branch, List<String> lines, double score) {
        boolean folded = branch.isFolded();
        String mark =
                branch.members().size() > 1 && !folded ? "×" + branch.members().size() : "";
        double width = 0;
        for (int i = 0; i < lines.size(); i++) {
            double needed = branch.isEnd() && i == 0
                    ? TextBox.boldWidth(lines.get(i), END_FONT)
                    : branch.onPath() ? TextBox.boldWidth(lines.get(i), FONT) : TextBox.width(lines.get(i), FONT);
            width = Math.max(width, needed);
        }
        if (!mark.isEmpty()) {
            width += GAP + TextBox.boldWidth(mark, SMALL_FONT);
        }
        if (!Double.isNaN(score)) {
            width += GAP + CHIP_WIDTH - padding(branch) / 2;
        }
        width += 2 * padding(branch);
        return new Card(branch, lines, mark, score, width, lines.size() * LINE + (folded ? 4 : 12));
    }

    private static List<String> end(Branch branch, Node node, @Nullable Run run) {
        Ending ending = node.ending();
        if (run == null || ending == null) {
            return List.of(TextBox.clip(StepLabel.of(node.text()), END_FONT, END_WIDTH));
        }
        String answer = ending.answer() == null ? "no answer" : StepLabel.plain(ending.answer());
        return List.of(
                TextBox.clip(answer, END_FONT, END_WIDTH),
                branch.kind() == Kind.UNFINISHED ? "unfinished" : votes(ending, run.votes()));
    }

    private static String votes(Ending ending, List<Vote> votes) {
        int all = votes.stream().mapToInt(Vote::count).sum();
        int same = votes.stream()
                .filter(vote -> vote.key().equals(ending.key()))
                .mapToInt(Vote::count)
                .sum();
        if (ending.votes() == 0 || all == 0) {
            return "does not vote";
        }
        return same + " of " + all + (all == 1 ? " vote" : " votes");
    }

    /** All of it, for who points at it. */
    String tooltip(RecordedTree tree) {
        if (branch.isFolded()) {
            return branch.members().size() + (branch.kind() == Kind.FOLDED_PRUNED ? " pruned steps" : " branches")
                    + ", not drawn one by one because the tree is large; the tree file has them.";
        }
        Node node = tree.nodes().get(branch.shown());
        if (branch.kind() == Kind.PROBLEM) {
            return tree.run() == null ? lines.get(0) : tree.run().problem();
        }
        StringBuilder text = new StringBuilder()
                .append(String.format(
                        Locale.ROOT,
                        "Step %d, %s (node %d)\n",
                        branch.depth(),
                        node.fate().name().toLowerCase(Locale.ROOT),
                        branch.shown()));
        if (hasScore()) {
            text.append(String.format(Locale.ROOT, "score %.3f, ", score));
        }
        text.append(node.tokens()).append(node.tokens() == 1 ? " token" : " tokens");
        if (branch.members().size() > 1) {
            text.append("\n").append(branch.members().size()).append(" equal steps: nodes");
            branch.members().forEach(id -> text.append(' ').append(id));
        }
        return text.append("\n\n").append(node.text().strip()).toString();
    }
}
