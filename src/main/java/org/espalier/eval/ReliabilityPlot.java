package org.espalier.eval;

import java.awt.BasicStroke;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.espalier.eval.Estimates.Interval;
import org.espalier.model.EspalierException;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.lines.SeriesLines;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** How often a step is right that a PRM gives a score: on the diagonal, if scores are probabilities. */
public final class ReliabilityPlot {
    /** How far the ends of an interval reach to each side, in percent. */
    private static final double BAR = 0.5;

    private ReliabilityPlot() {}

    /**
     * Draws {@code reliability.png} and {@code reliability.svg}, with Wilson's 95 % intervals.
     *
     * @param calibrations by the PRM's name
     * @return the PNG file
     * @throws EspalierException if it cannot be written, or there are no fonts to draw with
     */
    public static Path write(Path folder, Map<String, Calibration> calibrations) {
        XYChart chart = Charts.percent("Reliability of step scores", "score, %", "steps that are right, %");
        chart.getStyler().setXAxisMin(0.0).setXAxisMax(100.0);
        chart.getStyler().setXAxisDecimalPattern("0");
        XYSeries diagonal = chart.addSeries("a probability", new double[] {0, 100}, new double[] {0, 100});
        diagonal.setMarker(SeriesMarkers.NONE);
        diagonal.setLineStyle(SeriesLines.DOT_DOT);
        diagonal.setLineColor(java.awt.Color.GRAY);
        int number = 0;
        for (Map.Entry<String, Calibration> entry : calibrations.entrySet()) {
            Calibration calibration = entry.getValue();
            double[] x = calibration.bins().stream()
                    .mapToDouble(bin -> 100 * bin.meanScore())
                    .toArray();
            double[] y = calibration.bins().stream()
                    .mapToDouble(bin -> 100 * bin.right())
                    .toArray();
            List<Interval> intervals = calibration.bins().stream()
                    .map(bin -> Estimates.wilson(bin.right(), bin.steps()))
                    .toList();
            double[] low =
                    intervals.stream().mapToDouble(one -> 100 * one.low()).toArray();
            double[] high =
                    intervals.stream().mapToDouble(one -> 100 * one.high()).toArray();
            Charts.addIntervals(chart, entry.getKey(), x, low, high, BAR, Charts.colour(number));
            XYSeries series = chart.addSeries(entry.getKey(), x, y);
            series.setLineColor(Charts.colour(number));
            series.setMarkerColor(Charts.colour(number));
            series.setMarker(SeriesMarkers.CIRCLE);
            series.setLineStyle(new BasicStroke(2));
            number++;
        }
        return Charts.save(folder.resolve("reliability"), chart);
    }
}
