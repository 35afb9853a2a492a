package org.espalier.picture;

import java.util.Arrays;
import java.util.List;
import org.espalier.picture.Branch.Kind;
import org.espalier.picture.RecordedTree.Run;

/**
 * A search tree drawn from left to right: the problem, a column for every step, and in it a card for every step that
 * was written there. {@link Outline} says what is drawn as one card.
 */
public final class TreePicture {
    private static final double MARGIN = 22;
    private static final double COLUMN_GAP = 44;
    private static final double SIBLING_GAP = 7;
    private static final double COUSIN_GAP = 16;
    private static final double HEADINGS = 24;
    private static final double LEGEND_GAP = 18;
    private static final double LEAST_WIDTH = 620;
    private static final double PATH_WIDTH = 3.5;

    private final RecordedTree tree;
    private final SvgWriter svg;
    private final List<Card> cards;
    private final int[] parents;
    private final double[] middles;
    private final double[] columnLeft;
    private final double[] columnWidth;
    private final Legend legend;
    private final double width;
    private final double treeTop;
    private final double legendTop;
    private final double height;

    private TreePicture(RecordedTree tree) {
        this.tree = tree;
        List<Branch> branches = Outline.of(tree);
        cards = branches.stream().map(branch -> Card.of(branch, tree)).toList();
        parents = parentsOf(branches);
        middles = TidyLayout.centres(
                parents, cards.stream().mapToDouble(Card::height).toArray(), SIBLING_GAP, COUSIN_GAP);
        int columns = branches.stream().mapToInt(Branch::depth).max().orElse(0) + 1;
        columnWidth = new double[columns];
        columnLeft = new double[columns];
        cards.forEach(card -> columnWidth[column(card)] = Math.max(columnWidth[column(card)], card.width()));
        columnLeft[0] = MARGIN;
        for (int i = 1; i < columns; i++) {
            columnLeft[i] = columnLeft[i - 1] + columnWidth[i - 1] + COLUMN_GAP;
        }
        legend = new Legend(cards);
        double treeWidth = columnLeft[columns - 1] + columnWidth[columns - 1] - MARGIN;
        width = Math.max(treeWidth, Math.max(LEAST_WIDTH, legend.leastWidth()));
        treeTop = MARGIN + (tree.run() == null ? 0 : Header.HEIGHT) + HEADINGS;
        legendTop = treeTop + treeHeight() + LEGEND_GAP;
        height = legendTop + legend.height(width) + MARGIN / 2;
        svg = new SvgWriter(width + 2 * MARGIN, height);
    }

    /** An SVG document without scripts, fonts or anything else from elsewhere. */
    public static String draw(RecordedTree tree) {
        return new TreePicture(tree).draw();
    }

    private String draw() {
        Run run = tree.run();
        svg.leaf("title", "Search tree" + (run == null ? "" : ": " + run.problem()));
        svg.leaf("style", StyleSheet.text());
        drawPaper();
        if (run != null) {
            Header.draw(svg, tree, run, MARGIN, MARGIN, width);
        }
        drawTree();
        legend.draw(svg, MARGIN, legendTop, width);
        return svg.finish();
    }

    /** The branches come level by level, so those with the same parent are neighbours. */
    private static int[] parentsOf(List<Branch> branches) {
        int[] parents = new int[branches.size()];
        parents[0] = RecordedTree.NONE;
        int next = 1;
        for (int i = 0; i < parents.length; i++) {
            int end = next + branches.get(i).children().size();
            Arrays.fill(parents, next, end, i);
            next = end;
        }
        return parents;
    }

    private static int column(Card card) {
        return card.branch().depth();
    }

    private double treeHeight() {
        double bottom = 0;
        for (int i = 0; i < middles.length; i++) {
            bottom = Math.max(bottom, middles[i] + cards.get(i).height() / 2);
        }
        return bottom;
    }

    private void drawPaper() {
        svg.shape(
                "rect",
                "x",
                0.5,
                "y",
                0.5,
                "width",
                width + 2 * MARGIN - 1,
                "height",
                height - 1,
                "rx",
                10.0,
                "class",
                "paper");
    }

    private void drawTree() {
        for (int column = 0; column < columnLeft.length; column++) {
            svg.line(columnLeft[column], treeTop - 12, "small muted", column == 0 ? "Problem" : "Step " + column);
        }
        svg.open("g", "transform", "translate(0 " + SvgWriter.number(treeTop) + ")");
        for (int i = 1; i < cards.size(); i++) {
            if (!cards.get(i).branch().onPath()) {
                drawEdge(i);
            }
        }
        for (int i = 1; i < cards.size(); i++) {
            if (cards.get(i).branch().onPath()) {
                drawEdge(i);
            }
        }
        for (int i = 0; i < cards.size(); i++) {
            drawCard(cards.get(i), middles[i]);
        }
        svg.close();
    }

    /** The more steps a branch stands for, the thicker it is. */
    private void drawEdge(int i) {
        Card card = cards.get(i);
        Card parent = cards.get(parents[i]);
        double left = columnLeft[column(parent)] + columnWidth[column(parent)];
        double right = columnLeft[column(card)];
        String bend = SvgWriter.number((left + right) / 2);
        String from = SvgWriter.number(middles[parents[i]]);
        String to = SvgWriter.number(middles[i]);
        String line = "M" + SvgWriter.number(left) + " " + from + "C" + bend + " " + from + " " + bend + " " + to + " "
                + SvgWriter.number(right) + " " + to;
        boolean onPath = card.branch().onPath();
        boolean faded = card.branch().kind() == Kind.PRUNED || card.branch().isFolded();
        double width =
                1.3 + Math.min(3.0, faded ? 0 : Math.log(card.branch().members().size()));
        svg.shape(
                "path",
                "d",
                line,
                "class",
                onPath ? "edge path" : faded ? "edge faded dashed" : "edge",
                "stroke-width",
                onPath ? Math.max(width, PATH_WIDTH) : width);
    }

    private void drawCard(Card card, double middle) {
        Branch branch = card.branch();
        boolean faded = branch.kind() == Kind.PRUNED;
        boolean chosen = branch.isEnd() && branch.onPath();
        double left = columnLeft[column(card)];
        double width = branch.isFolded() ? card.width() : columnWidth[column(card)];
        svg.open("g", "class", faded ? "node faded" : "node");
        svg.leaf("title", card.tooltip(tree));
        if (!branch.isFolded()) {
            drawFrame(card, left, middle - card.height() / 2, width);
        }
        String ink = chosen ? "onwin" : branch.isFolded() ? "muted" : branch.onPath() && column(card) > 0 ? "bold" : "";
        double baseline =
                middle - card.height() / 2 + (card.height() - card.lines().size() * Card.LINE) / 2 + 12;
        for (int i = 0; i < card.lines().size(); i++) {
            String size = !branch.isEnd() ? "" : i == 0 ? "answer " : chosen ? "small " : "small muted ";
            svg.line(
                    left + card.padding(),
                    baseline + i * Card.LINE,
                    (size + ink).strip(),
                    card.lines().get(i));
        }
        double right = left + width - card.padding() / 2;
        if (card.hasScore()) {
            right -= Card.CHIP_WIDTH;
            drawChip(card, right, middle);
        }
        if (!card.mark().isEmpty()) {
            svg.line(right - 7, middle + 4, "small bold end " + (chosen ? "onwin" : "muted"), card.mark());
        }
        svg.close();
    }

    private void drawFrame(Card card, double left, double top, double width) {
        Branch branch = card.branch();
        boolean dashed = branch.kind() == Kind.PRUNED || branch.kind() == Kind.UNFINISHED;
        String role = !branch.onPath() ? "" : branch.isEnd() ? " win" : " path";
        svg.shape(
                "rect",
                "x",
                left,
                "y",
                top,
                "width",
                width,
                "height",
                card.height(),
                "rx",
                branch.isEnd() ? Math.min(20, card.height() / 2) : 6.0,
                "class",
                "card" + role + (dashed ? " dashed" : ""),
                "stroke-width",
                branch.onPath() ? 1.6 : 1.0);
    }

    private void drawChip(Card card, double left, double middle) {
        int step = ScoreColours.step(card.score());
        double height = Card.CHIP_HEIGHT;
        svg.shape(
                "rect",
                "x",
                left,
                "y",
                middle - height / 2,
                "width",
                Card.CHIP_WIDTH,
                "height",
                height,
                "rx",
                card.branch().isEnd() ? height / 2 : 4.0,
                "class",
                "s" + step);
        svg.line(left + Card.CHIP_WIDTH / 2, middle + 4, "chip i" + step, card.scoreText());
    }
}
