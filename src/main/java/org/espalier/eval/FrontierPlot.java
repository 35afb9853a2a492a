package org.espalier.eval;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.espalier.eval.Tuning.Result;
import org.espalier.eval.Tuning.Tuned;
import org.espalier.model.EspalierException;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.lines.SeriesLines;
import org.knowm.xchart.style.markers.Marker;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** What accuracy plans buy with how many tokens. */
public final class FrontierPlot {
    private static final double LOG_2 = Math.log(2);
    private static final double BAR = 0.03;

    private FrontierPlot() {}

    /**
     * Draws {@code frontier.png} and {@code frontier.svg}.
     *
     * @return the PNG file
     * @throws EspalierException if it cannot be written, or there are no fonts to draw with
     */
    public static Path write(Path folder, Tuned tuned) {
        XYChart chart =
                Charts.percent("Accuracy against tokens, replayed", "policy tokens a problem", "problems solved, %");
        chart.getStyler()
                .setXAxisTickLabelsFormattingFunction(log -> String.format(Locale.ROOT, "%,.0f", Math.pow(2, log)));
        double at = log2(tuned.chosen().tokens());
        Charts.addIntervals(
                chart,
                "the plan",
                new double[] {at},
                new double[] {100 * tuned.low()},
                new double[] {100 * tuned.high()},
                BAR,
                Charts.colour(1));
        add(chart, "best on the same problems", tuned.frontier(), 0, SeriesMarkers.NONE);
        add(chart, "cross-validated", tuned.validatedFrontier(), 2, SeriesMarkers.CIRCLE);
        add(chart, "dvts to the end", List.of(tuned.toTheEnd()), 3, SeriesMarkers.SQUARE);
        add(chart, "the plan", List.of(tuned.chosen()), 1, SeriesMarkers.DIAMOND);
        Charts.fitAcross(chart);
        return Charts.save(folder.resolve("frontier"), chart);
    }

    private static void add(XYChart chart, String name, List<Result> results, int colour, Marker marker) {
        XYSeries series = chart.addSeries(
                name,
                results.stream().mapToDouble(result -> log2(result.tokens())).toArray(),
                results.stream().mapToDouble(result -> 100 * result.accuracy()).toArray());
        series.setMarker(marker);
        series.setMarkerColor(Charts.colour(colour));
        series.setLineColor(Charts.colour(colour));
        series.setLineStyle(SeriesLines.SOLID);
    }

    private static double log2(double value) {
        return Math.log(Math.max(value, 1e-9)) / LOG_2;
    }
}
