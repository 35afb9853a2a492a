package org.espalier.eval;

import java.awt.BasicStroke;
import java.awt.Color;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import org.espalier.model.EspalierException;
import org.espalier.search.SearchMethod;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.lines.SeriesLines;
import org.knowm.xchart.style.markers.Marker;
import org.knowm.xchart.style.markers.SeriesMarkers;

/**
 * The curves of a report, as PNG and SVG: accuracy against n, tokens, seconds and joules, and by level. A method keeps its colour
 * in all of them, a run its marker, and a selection its line.
 */
public final class ReportPlots {
    private static final String SOLVED = "problems solved, %";
    private static final float LINE = 2;
    private static final double APART = 0.03;
    private static final double LOG_2 = Math.log(2);

    private static final List<Marker> MARKERS =
            List.of(SeriesMarkers.CIRCLE, SeriesMarkers.SQUARE, SeriesMarkers.DIAMOND, SeriesMarkers.TRIANGLE_UP);
    private static final Color CEILING = new Color(0x808080);

    /** What a curve is of. */
    record Curve(String run, SearchMethod method, Criterion selection) {
        static Curve of(ReportRow row) {
            return new Curve(row.run(), row.method(), row.selection());
        }

        boolean isPass() {
            return selection == Criterion.PASS;
        }
    }

    private final List<ReportRow> rows;
    private final List<String> runs;
    private final List<SearchMethod> methods;

    /** @param rows of one data set */
    public ReportPlots(List<ReportRow> rows) {
        this.rows = drawn(rows);
        runs = this.rows.stream().map(ReportRow::run).distinct().toList();
        methods = this.rows.stream().map(ReportRow::method).distinct().toList();
    }

    /** Those that are drawn. */
    static List<ReportRow> drawn(List<ReportRow> rows) {
        boolean judged = rows.stream().anyMatch(row -> row.method() == SearchMethod.BEST_OF_N);
        SearchMethod sampled = judged ? SearchMethod.BEST_OF_N : SearchMethod.MAJORITY;
        return rows.stream().filter(row -> isDrawn(row, sampled)).toList();
    }

    /**
     * Majority beside scores, and pass@n of a tree search, are in the tables only.
     *
     * @param sampled the method whose samples show the ceiling
     */
    private static boolean isDrawn(ReportRow row, SearchMethod sampled) {
        return switch (row.selection()) {
            case MAJORITY -> row.method() == SearchMethod.MAJORITY || row.method() == SearchMethod.GREEDY;
            case PASS -> row.method() == sampled;
            case NAIVE -> row.method() == SearchMethod.BEST_OF_N;
            case WEIGHTED -> true;
        };
    }

    /**
     * Draws all plots into a folder.
     *
     * @return the PNG files
     * @throws EspalierException if they cannot be written, or there are no fonts to draw with
     */
    public List<Path> write(Path folder) {
        List<Path> files = new ArrayList<>();
        files.add(Charts.save(
                folder.resolve("accuracy-n"),
                against("Accuracy against the number of completions", "completions a problem", ReportRow::n, APART)));
        files.add(Charts.save(
                folder.resolve("accuracy-tokens"),
                against(
                        "Accuracy against generated tokens",
                        "policy tokens a problem",
                        ReportRow::tokensPerProblem,
                        0)));
        files.add(Charts.save(
                folder.resolve("accuracy-seconds"),
                against("Accuracy against time", "seconds a problem", ReportRow::secondsPerProblem, 0)));
        if (rows.stream().allMatch(row -> row.joulesPerProblem() != null)) {
            files.add(Charts.save(
                    folder.resolve("accuracy-joules"),
                    against(
                            "Accuracy against energy",
                            "joules a problem",
                            row -> Objects.requireNonNull(row.joulesPerProblem()),
                            0)));
        }
        if (rows.stream().anyMatch(row -> row.level() != null)) {
            files.add(Charts.save(folder.resolve("accuracy-level"), byLevel()));
        }
        return files;
    }

    /**
     * Against something that is read off a logarithmic axis.
     *
     * @param apart how far the curves stand apart where all have the same x, in doublings, so that their intervals are seen
     */
    private XYChart against(String title, String axis, ToDoubleFunction<ReportRow> x, double apart) {
        XYChart chart = Charts.percent(title, axis, SOLVED);
        chart.getStyler()
                .setXAxisTickLabelsFormattingFunction(
                        log -> apart > 0 && !isWhole(log) ? "" : number(Math.pow(2, log)));
        List<ReportRow> whole = rows.stream().filter(row -> row.level() == null).toList();
        double most = whole.stream().mapToDouble(x).max().orElse(1);
        double least = whole.stream().mapToDouble(x).min().orElse(1);
        int number = 0;
        for (Map.Entry<Curve, List<ReportRow>> entry : curves(whole).entrySet()) {
            Curve curve = entry.getKey();
            List<ReportRow> sorted = entry.getValue().stream()
                    .sorted(Comparator.comparingDouble(x))
                    .toList();
            double shift = apart * number++;
            if (curve.method() == SearchMethod.GREEDY && most > least) {
                addReference(chart, curve, sorted.get(0), new double[] {log2(least), log2(most)});
            } else {
                add(
                        chart,
                        curve,
                        sorted,
                        sorted.stream()
                                .mapToDouble(row -> shift + log2(x.applyAsDouble(row)))
                                .toArray());
            }
        }
        Charts.fitAcross(chart);
        return chart;
    }

    private static boolean isWhole(double value) {
        return Math.abs(value - Math.rint(value)) < 0.01;
    }

    /** The largest n of each curve, level by level. */
    private XYChart byLevel() {
        XYChart chart = Charts.percent("Accuracy by level, at the largest n", "level", SOLVED);
        List<String> levels = rows.stream()
                .filter(row -> row.level() != null)
                .map(row -> String.valueOf(row.level()))
                .distinct()
                .sorted(Levels.ORDER)
                .toList();
        Function<Double, String> names = at -> {
            int index = (int) Math.rint(at);
            return isWhole(at) && index >= 0 && index < levels.size() ? levels.get(index) : "";
        };
        chart.getStyler().setXAxisTickLabelsFormattingFunction(names);
        List<ReportRow> parts = rows.stream().filter(row -> row.level() != null).toList();
        int number = 0;
        for (Map.Entry<Curve, List<ReportRow>> entry : curves(parts).entrySet()) {
            int n = entry.getValue().stream().mapToInt(ReportRow::n).max().orElse(1);
            List<ReportRow> at =
                    entry.getValue().stream().filter(row -> row.n() == n).toList();
            double shift = APART * number++;
            add(
                    chart,
                    entry.getKey(),
                    at,
                    at.stream()
                            .mapToDouble(row -> shift + levels.indexOf(String.valueOf(row.level())))
                            .toArray());
        }
        Charts.fitAcross(chart);
        return chart;
    }

    /** The points of each curve, in the order of the rows. */
    static Map<Curve, List<ReportRow>> curves(List<ReportRow> rows) {
        Map<Curve, List<ReportRow>> curves = new LinkedHashMap<>();
        rows.forEach(row ->
                curves.computeIfAbsent(Curve.of(row), c -> new ArrayList<>()).add(row));
        return curves;
    }

    private void add(XYChart chart, Curve curve, List<ReportRow> rows, double[] x) {
        double[] y = rows.stream().mapToDouble(row -> 100 * row.accuracy()).toArray();
        // The ceiling is a background, and bars on it would hide the curves below it.
        if (!curve.isPass()) {
            double[] low = rows.stream().mapToDouble(row -> 100 * row.low()).toArray();
            double[] high = rows.stream().mapToDouble(row -> 100 * row.high()).toArray();
            Charts.addIntervals(chart, label(curve), x, low, high, APART / 2, colour(curve));
        }
        XYSeries series = chart.addSeries(label(curve), x, y);
        Marker marker = MARKERS.get(runs.indexOf(curve.run()) % MARKERS.size());
        style(series, curve, curve.isPass() ? SeriesMarkers.NONE : marker);
    }

    private void addReference(XYChart chart, Curve curve, ReportRow row, double[] x) {
        double y = 100 * row.accuracy();
        style(chart.addSeries(label(curve), x, new double[] {y, y}), curve, SeriesMarkers.NONE);
    }

    private void style(XYSeries series, Curve curve, Marker marker) {
        Color colour = colour(curve);
        series.setLineColor(colour);
        series.setMarkerColor(colour);
        series.setMarker(marker);
        series.setLineStyle(line(curve));
    }

    private Color colour(Curve curve) {
        return curve.isPass() ? CEILING : Charts.colour(methods.indexOf(curve.method()));
    }

    private static BasicStroke line(Curve curve) {
        BasicStroke kind = switch (curve.selection()) {
            case PASS -> SeriesLines.DOT_DOT;
            case NAIVE -> SeriesLines.DASH_DASH;
            default -> curve.method() == SearchMethod.GREEDY ? SeriesLines.DASH_DOT : SeriesLines.SOLID;
        };
        return new BasicStroke(
                LINE,
                kind.getEndCap(),
                kind.getLineJoin(),
                kind.getMiterLimit(),
                kind.getDashArray(),
                kind.getDashPhase());
    }

    private String label(Curve curve) {
        return label(curve, runs.size() > 1);
    }

    /** @param severalRuns whether there are curves of others */
    static String label(Curve curve, boolean severalRuns) {
        String method = curve.method().cliName();
        String name = switch (curve.selection()) {
            case PASS -> method + ": any correct (pass@n)";
            case NAIVE, WEIGHTED -> method + ", " + curve.selection();
            case MAJORITY -> method;
        };
        return severalRuns ? curve.run() + ": " + name : name;
    }

    private static double log2(double value) {
        return Math.log(Math.max(value, 1e-9)) / LOG_2;
    }

    /** A number of an axis. */
    static String number(double value) {
        if (value >= 1e4) {
            return String.format(Locale.ROOT, "%.0fk", value / 1000);
        }
        return String.format(Locale.ROOT, value >= 10 ? "%.0f" : "%.2g", value);
    }
}
