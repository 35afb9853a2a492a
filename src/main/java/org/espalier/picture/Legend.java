package org.espalier.picture;

import java.util.ArrayList;
import java.util.List;
import org.espalier.picture.Branch.Kind;

/** What the picture's colours and shapes mean; only those that occur in it. */
final class Legend {
    private static final double ROW = 26;
    private static final double GAP = 26;
    private static final double SAMPLE_GAP = 8;
    private static final double COLOUR_WIDTH = 6;

    private interface Sample {
        /** @param y of the middle */
        void draw(SvgWriter svg, double x, double y);
    }

    /** @param width of the sample, without its text */
    private record Entry(double width, Sample sample, String text) {
        double fullWidth() {
            return width + SAMPLE_GAP + TextBox.width(text, Card.SMALL_FONT);
        }
    }

    private final List<Entry> entries = new ArrayList<>();

    Legend(List<Card> cards) {
        if (cards.stream().anyMatch(Card::hasScore)) {
            add((ScoreColours.STEPS + 1) * COLOUR_WIDTH + 24, Legend::scale, "the PRM's score of a step");
        }
        if (cards.stream().anyMatch(card -> card.branch().onPath())) {
            add(30, Legend::path, "the path that gave the answer");
        }
        if (any(cards, Kind.COMPLETION)) {
            add(30, (svg, x, y) -> pill(svg, x, y, "card"), "end of a completion: its answer and that answer's votes");
        }
        if (any(cards, Kind.UNFINISHED)) {
            add(30, (svg, x, y) -> pill(svg, x, y, "card dashed"), "ended by a limit");
        }
        if (any(cards, Kind.PRUNED) || any(cards, Kind.FOLDED_PRUNED)) {
            add(30, Legend::pruned, "pruned: not followed any further");
        }
        if (cards.stream().anyMatch(card -> !card.mark().isEmpty())) {
            add(14, (svg, x, y) -> svg.line(x, y + 4, "small bold muted", "×2"), "two equal steps, drawn as one");
        }
        if (cards.stream().anyMatch(card -> card.branch().isFolded())) {
            add(20, (svg, x, y) -> svg.line(x, y + 4, "muted", "+12"), "not drawn one by one");
        }
    }

    /** The widest entry's width. */
    double leastWidth() {
        return entries.stream().mapToDouble(Entry::fullWidth).max().orElse(0);
    }

    double height(double width) {
        return rows(width).size() * ROW;
    }

    void draw(SvgWriter svg, double x, double y, double width) {
        double middle = y + ROW / 2;
        for (List<Entry> row : rows(width)) {
            double left = x;
            for (Entry entry : row) {
                entry.sample.draw(svg, left, middle);
                svg.line(left + entry.width + SAMPLE_GAP, middle + 4, "small muted", entry.text);
                left += entry.fullWidth() + GAP;
            }
            middle += ROW;
        }
    }

    private List<List<Entry>> rows(double width) {
        List<List<Entry>> rows = new ArrayList<>();
        double used = Double.POSITIVE_INFINITY;
        for (Entry entry : entries) {
            if (used + entry.fullWidth() > width) {
                rows.add(new ArrayList<>());
                used = 0;
            }
            rows.get(rows.size() - 1).add(entry);
            used += entry.fullWidth() + GAP;
        }
        return rows;
    }

    private void add(double width, Sample sample, String text) {
        entries.add(new Entry(width, sample, text));
    }

    private static boolean any(List<Card> cards, Kind kind) {
        return cards.stream().anyMatch(card -> card.branch().kind() == kind);
    }

    private static void scale(SvgWriter svg, double x, double y) {
        svg.line(x, y + 4, "small muted", "0");
        for (int i = 0; i <= ScoreColours.STEPS; i++) {
            double left = x + 12 + i * COLOUR_WIDTH;
            // A little wider than its share, or the background shows through between two of them.
            svg.shape("rect", "x", left, "y", y - 6, "width", COLOUR_WIDTH + 0.5, "height", 12.0, "class", "s" + i);
        }
        svg.line(x + 16 + (ScoreColours.STEPS + 1) * COLOUR_WIDTH, y + 4, "small muted", "1");
    }

    private static void path(SvgWriter svg, double x, double y) {
        String line = "M" + SvgWriter.number(x) + " " + SvgWriter.number(y) + "h30";
        svg.shape("path", "d", line, "class", "edge path", "stroke-width", 3.5);
    }

    private static void pill(SvgWriter svg, double x, double y, String classes) {
        svg.shape("rect", "x", x, "y", y - 8, "width", 30.0, "height", 16.0, "rx", 8.0, "class", classes);
    }

    private static void pruned(SvgWriter svg, double x, double y) {
        svg.open("g", "class", "faded");
        svg.shape("rect", "x", x, "y", y - 8, "width", 30.0, "height", 16.0, "rx", 4.0, "class", "card dashed");
        svg.close();
    }
}
