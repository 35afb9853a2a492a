package org.espalier.eval;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.Color;
import org.junit.jupiter.api.Test;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYSeries;

class ChartsTest {
    /** XChart's own error bars are as long above as below: of 100 % they would end above 100. */
    @Test
    void intervalsAreDrawnAsTheyAre() {
        XYChart chart = Charts.percent("title", "x", "y");
        Charts.addIntervals(
                chart, "beam", new double[] {1, 2}, new double[] {80, 0}, new double[] {100, 35}, .1, Color.RED);
        XYSeries series = chart.getSeries("beam 95 %");

        assertThat(series.getYData())
                .containsExactly(
                        80,
                        100,
                        Double.NaN,
                        80,
                        80,
                        Double.NaN,
                        100,
                        100,
                        Double.NaN,
                        0,
                        35,
                        Double.NaN,
                        0,
                        0,
                        Double.NaN,
                        35,
                        35,
                        Double.NaN);
        assertThat(series.getXData()[0]).isEqualTo(1);
        assertThat(series.getXData()[3]).isEqualTo(.9);
        assertThat(series.isShowInLegend()).isFalse();
    }
}
