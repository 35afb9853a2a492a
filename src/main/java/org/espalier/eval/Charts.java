package org.espalier.eval;

import java.awt.BasicStroke;
import java.awt.Color;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import org.espalier.catalog.WholeFile;
import org.espalier.model.EspalierException;
import org.espalier.model.Reason;
import org.knowm.xchart.ChartEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** What all plots have in common. Stateless. */
final class Charts {
    private static final int WIDTH = 900;
    private static final int HEIGHT = 560;
    private static final float INTERVAL_WIDTH = 1.2f;

    /** Okabe and Ito's palette, which people who do not see all colours can tell apart. */
    private static final List<Color> COLOURS = List.of(
            new Color(0x0072B2),
            new Color(0xD55E00),
            new Color(0x009E73),
            new Color(0xCC79A7),
            new Color(0xE69F00),
            new Color(0x56B4E9));

    private Charts() {}

    /** @param number from 0; after the last colour the first one follows */
    static Color colour(int number) {
        return COLOURS.get(number % COLOURS.size());
    }

    /** A chart without curves, with percentages on its upright axis. */
    static XYChart percent(String title, String xAxis, String yAxis) {
        XYChart chart = new XYChartBuilder()
                .width(WIDTH)
                .height(HEIGHT)
                .title(title)
                .xAxisTitle(xAxis)
                .yAxisTitle(yAxis)
                .build();
        chart.getStyler()
                .setLegendPosition(LegendPosition.OutsideE)
                .setChartBackgroundColor(Color.WHITE)
                .setMarkerSize(7);
        chart.getStyler().setXAxisTickMarkSpacingHint(60);
        chart.getStyler().setPlotGridLinesColor(new Color(0xDDDDDD));
        chart.getStyler().setYAxisDecimalPattern("0");
        chart.getStyler().setYAxisMin(0.0);
        chart.getStyler().setYAxisMax(100.0);
        return chart;
    }

    /**
     * Draws intervals as they are: upright lines with a short bar at each end. XChart's own error bars reach as far up as
     * down, and an interval of a share does not. To be called before the points are drawn, which lie above.
     *
     * @param name of the curve; the intervals are not in the legend
     * @param low in percent
     * @param high likewise
     * @param reach of a bar to each side, in units of x
     */
    static void addIntervals(
            XYChart chart, String name, double[] x, double[] low, double[] high, double reach, Color colour) {
        List<Double> across = new ArrayList<>();
        List<Double> up = new ArrayList<>();
        for (int i = 0; i < x.length; i++) {
            line(across, up, x[i], low[i], x[i], high[i]);
            line(across, up, x[i] - reach, low[i], x[i] + reach, low[i]);
            line(across, up, x[i] - reach, high[i], x[i] + reach, high[i]);
        }
        XYSeries series = chart.addSeries(name + " 95 %", across, up);
        series.setShowInLegend(false);
        series.setMarker(SeriesMarkers.NONE);
        series.setLineColor(colour);
        series.setLineStyle(new BasicStroke(INTERVAL_WIDTH));
    }

    /** Lets the horizontal axis reach from the first point to the last: its numbers go by that, not by the ends of intervals. */
    static void fitAcross(XYChart chart) {
        DoubleSummaryStatistics points = chart.getSeriesCollection().stream()
                .filter(XYSeries::isShowInLegend)
                .flatMapToDouble(series -> Arrays.stream(series.getXData()))
                .summaryStatistics();
        if (points.getMin() < points.getMax()) {
            chart.getStyler().setXAxisMin(points.getMin()).setXAxisMax(points.getMax());
        }
    }

    /** A line, and the gap behind it. */
    private static void line(List<Double> x, List<Double> y, double fromX, double fromY, double toX, double toY) {
        x.addAll(List.of(fromX, toX, toX));
        y.addAll(List.of(fromY, toY, Double.NaN));
    }

    /**
     * Writes a chart as PNG and SVG.
     *
     * @return the PNG file
     * @throws EspalierException if it cannot be written, or there are no fonts to draw with
     */
    static Path save(Path withoutEnding, XYChart chart) {
        Path png = withoutEnding.resolveSibling(withoutEnding.getFileName() + ".png");
        Path svg = withoutEnding.resolveSibling(withoutEnding.getFileName() + ".svg");
        try {
            WholeFile.write(png, out -> ChartEncoder.saveChart(chart, out, "png"));
            WholeFile.write(svg, out -> ChartEncoder.saveChart(chart, out, "svg"));
        } catch (IOException e) {
            throw new EspalierException("cannot write " + png + ": " + Reason.of(e), e);
        } catch (InternalError | RuntimeException e) {
            throw new EspalierException(
                    "cannot draw " + png + ": " + e.getMessage()
                            + "; without fonts Java cannot draw (Debian: apt-get install fonts-dejavu-core)",
                    e);
        }
        return png;
    }
}
