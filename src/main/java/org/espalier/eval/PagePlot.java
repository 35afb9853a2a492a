package org.espalier.eval;

import java.awt.Color;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.espalier.eval.ReportPlots.Curve;
import org.espalier.search.SearchMethod;

/**
 * A plot for a page: accuracy against something on a logarithmic axis, with intervals as bands, a name at each curve's end, and
 * points that lead to the lines of the page's table. Colours are those of {@link Charts}.
 */
final class PagePlot {
    private static final int WIDTH = 860;
    private static final int HEIGHT = 420;
    private static final int LEFT = 54;
    private static final int RIGHT = 250;
    private static final int TOP = 14;
    private static final int BOTTOM = 46;
    private static final int LABEL_HEIGHT = 15;
    private static final int MOST_TICKS = 10;
    private static final Color CEILING = new Color(0x808080);

    private final List<ReportRow> table;
    private final Map<Curve, List<ReportRow>> curves;
    private final ToDoubleFunction<ReportRow> x;
    private final String axis;
    private final boolean severalRuns;
    private final List<SearchMethod> methods;
    private final double least;
    private final double most;
    private final double low;
    private final double high;

    private final StringBuilder svg = new StringBuilder();
    private final List<Label> labels = new ArrayList<>();

    /** A curve's name, at the height of its end. */
    private record Label(String text, String colour, double atX, double atY) {}

    /**
     * @param table the lines of the table, by whose places points lead to them
     * @param x above 0 for rows that have it; others are left out
     */
    PagePlot(List<ReportRow> table, String axis, ToDoubleFunction<ReportRow> x) {
        this.table = table;
        this.axis = axis;
        this.x = x;
        List<ReportRow> drawn = ReportPlots.drawn(table).stream()
                .filter(row -> x.applyAsDouble(row) > 0)
                .toList();
        curves = ReportPlots.curves(drawn);
        severalRuns = drawn.stream().map(ReportRow::run).distinct().count() > 1;
        methods = drawn.stream().map(ReportRow::method).distinct().toList();
        least = drawn.stream().mapToDouble(x).min().orElse(1);
        most = Math.max(drawn.stream().mapToDouble(x).max().orElse(2), 1.01 * least);
        low = 10 * Math.floor(drawn.stream().mapToDouble(ReportRow::low).min().orElse(0) * 10);
        high = 10 * Math.ceil(drawn.stream().mapToDouble(ReportRow::high).max().orElse(1) * 10);
    }

    /** The element; empty if there is nothing to draw. */
    String svg() {
        if (curves.isEmpty()) {
            return "";
        }
        svg.append(String.format(
                Locale.ROOT,
                "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"problems solved, %%, against %s\">%n",
                WIDTH,
                HEIGHT,
                PageText.of(axis)));
        axes();
        curves.forEach(this::band);
        // The ceiling is a background: its points do not cover those that it is the ceiling of.
        curves.forEach((curve, rows) -> {
            if (curve.isPass()) {
                curve(curve, rows);
            }
        });
        curves.forEach((curve, rows) -> {
            if (!curve.isPass()) {
                curve(curve, rows);
            }
        });
        writeLabels();
        return svg.append("</svg>\n").toString();
    }

    private double atX(ReportRow row) {
        return atX(x.applyAsDouble(row));
    }

    private double atX(double value) {
        return LEFT + (WIDTH - LEFT - RIGHT) * Math.log(value / least) / Math.log(most / least);
    }

    private double atY(double share) {
        return HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * (100 * share - low) / Math.max(1, high - low);
    }

    private void axes() {
        double step = high - low > 50 ? 20 : 10;
        for (double percent = low; percent <= high + 1e-9; percent += step) {
            double at = atY(percent / 100);
            svg.append(String.format(
                    Locale.ROOT,
                    "<path class=\"grid\" d=\"M%d %.1fH%d\"/><text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%.0f</text>%n",
                    LEFT,
                    at,
                    WIDTH - RIGHT,
                    LEFT - 8,
                    at + 4,
                    percent));
        }
        for (double tick : ticks()) {
            double at = atX(tick);
            svg.append(String.format(
                    Locale.ROOT,
                    "<path class=\"grid\" d=\"M%.1f %dV%d\"/><text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%s</text>%n",
                    at,
                    TOP,
                    HEIGHT - BOTTOM,
                    at,
                    HEIGHT - BOTTOM + 18,
                    tick == Math.rint(tick) ? String.format(Locale.ROOT, "%.0f", tick) : ReportPlots.number(tick)));
        }
        svg.append(String.format(
                Locale.ROOT,
                "<text class=\"axis\" x=\"%d\" y=\"%d\" text-anchor=\"middle\">%s</text>%n",
                (LEFT + WIDTH - RIGHT) / 2,
                HEIGHT - 8,
                PageText.of(axis)));
        svg.append(String.format(
                Locale.ROOT,
                "<text class=\"axis\" transform=\"translate(13 %d) rotate(-90)\" text-anchor=\"middle\">problems solved, %%</text>%n",
                (TOP + HEIGHT - BOTTOM) / 2));
    }

    /** Powers of two, or every second, fourth … of them. */
    private List<Double> ticks() {
        int first = (int) Math.ceil(Math.log(least) / Math.log(2) - 1e-9);
        int last = (int) Math.floor(Math.log(most) / Math.log(2) + 1e-9);
        int step = Math.max(1, (last - first) / MOST_TICKS + 1);
        List<Double> ticks = new ArrayList<>();
        for (int power = first; power <= last; power += step) {
            ticks.add(Math.pow(2, power));
        }
        return ticks;
    }

    private List<ReportRow> sorted(List<ReportRow> rows) {
        return rows.stream().sorted(Comparator.comparingDouble(x)).toList();
    }

    /** The ceiling, and what is the same everywhere, have none: they would hide the others. */
    private void band(Curve curve, List<ReportRow> rows) {
        if (curve.isPass() || rows.size() < 2) {
            return;
        }
        StringBuilder path = new StringBuilder();
        List<ReportRow> points = sorted(rows);
        for (ReportRow row : points) {
            path.append(
                    String.format(Locale.ROOT, "%s%.1f %.1f", path.isEmpty() ? "M" : "L", atX(row), atY(row.high())));
        }
        for (int i = points.size() - 1; i >= 0; i--) {
            path.append(String.format(
                    Locale.ROOT,
                    "L%.1f %.1f",
                    atX(points.get(i)),
                    atY(points.get(i).low())));
        }
        svg.append(String.format(Locale.ROOT, "<path class=\"band\" fill=\"%s\" d=\"%sZ\"/>%n", colour(curve), path));
    }

    private void curve(Curve curve, List<ReportRow> rows) {
        List<ReportRow> points = sorted(rows);
        String colour = colour(curve);
        String dashes = curve.isPass() ? "2 4" : curve.selection() == Criterion.NAIVE ? "7 4" : "none";
        ReportRow last = points.get(points.size() - 1);
        double end = atX(last);
        StringBuilder path = new StringBuilder();
        if (curve.method() == SearchMethod.GREEDY) {
            dashes = "9 3 2 3";
            end = WIDTH - RIGHT;
            path.append(String.format(Locale.ROOT, "M%d %.1fH%.1f", LEFT, atY(last.accuracy()), end));
        } else {
            for (ReportRow row : points) {
                path.append(String.format(
                        Locale.ROOT, "%s%.1f %.1f", path.isEmpty() ? "M" : "L", atX(row), atY(row.accuracy())));
            }
        }
        svg.append(String.format(
                Locale.ROOT,
                "<path class=\"curve\" stroke=\"%s\" stroke-dasharray=\"%s\" d=\"%s\"/>%n",
                colour,
                dashes,
                path));
        for (ReportRow row : points) {
            point(curve, row, rows.size() == 1);
        }
        labels.add(new Label(ReportPlots.label(curve, severalRuns), colour, end, atY(last.accuracy())));
    }

    private void point(Curve curve, ReportRow row, boolean alone) {
        double across = atX(row);
        double up = atY(row.accuracy());
        if (alone && !curve.isPass()) {
            svg.append(String.format(
                    Locale.ROOT,
                    "<path class=\"interval\" stroke=\"%s\" d=\"M%.1f %.1fV%.1f\"/>%n",
                    colour(curve),
                    across,
                    atY(row.low()),
                    atY(row.high())));
        }
        svg.append(String.format(
                Locale.ROOT,
                "<a href=\"#row-%d\"><circle cx=\"%.1f\" cy=\"%.1f\" r=\"4.5\" fill=\"%s\"><title>%s, n = %d: %.1f %% (%.1f to %.1f)</title></circle></a>%n",
                table.indexOf(row),
                across,
                up,
                colour(curve),
                PageText.of(ReportPlots.label(curve, severalRuns)),
                row.n(),
                100 * row.accuracy(),
                100 * row.low(),
                100 * row.high()));
    }

    private String colour(Curve curve) {
        Color colour = curve.isPass() ? CEILING : Charts.colour(methods.indexOf(curve.method()));
        return String.format(Locale.ROOT, "#%06x", colour.getRGB() & 0xFFFFFF);
    }

    /** Names that would stand on one another are moved apart, with a line to what they name. */
    private void writeLabels() {
        List<Label> sorted =
                labels.stream().sorted(Comparator.comparingDouble(Label::atY)).toList();
        double room = HEIGHT - BOTTOM - TOP - (double) LABEL_HEIGHT * (sorted.size() - 1);
        double before = TOP - LABEL_HEIGHT;
        for (int i = 0; i < sorted.size(); i++) {
            Label label = sorted.get(i);
            double lowest = TOP + room + (double) LABEL_HEIGHT * i;
            double at = Math.max(before + LABEL_HEIGHT, Math.min(label.atY(), Math.max(TOP, lowest)));
            svg.append(String.format(
                    Locale.ROOT,
                    "<path class=\"leader\" stroke=\"%s\" d=\"M%.1f %.1fL%d %.1f\"/>"
                            + "<text class=\"name\" fill=\"%s\" x=\"%d\" y=\"%.1f\">%s</text>%n",
                    label.colour(),
                    label.atX() + 6,
                    label.atY(),
                    WIDTH - RIGHT + 14,
                    at,
                    label.colour(),
                    WIDTH - RIGHT + 18,
                    at + 4,
                    PageText.of(label.text())));
            before = at;
        }
    }
}
