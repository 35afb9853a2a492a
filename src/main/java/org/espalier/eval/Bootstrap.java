package org.espalier.eval;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.espalier.eval.Estimates.Interval;

/** The percentile bootstrap over problems (Efron 1979). Draws the same resamples every time. Stateless. */
final class Bootstrap {
    private static final int RESAMPLES = 2000;
    private static final long SEED = 0xE5BA11E4L;
    private static final double TAIL = 0.025;

    private Bootstrap() {}

    /**
     * Where the mean lies with a confidence of 95 %.
     *
     * @param values one a problem, 1 or more
     */
    static Interval mean(double[] values) {
        SplittableRandom random = new SplittableRandom(SEED);
        double[] means = new double[RESAMPLES];
        for (int i = 0; i < RESAMPLES; i++) {
            double sum = 0;
            for (int k = 0; k < values.length; k++) {
                sum += values[random.nextInt(values.length)];
            }
            means[i] = sum / values.length;
        }
        Arrays.sort(means);
        return new Interval(
                means[(int) Math.floor(TAIL * (RESAMPLES - 1))], means[(int) Math.ceil((1 - TAIL) * (RESAMPLES - 1))]);
    }

    /**
     * Where a share of solved problems lies. Where all problems have the same value a resample has it too, and Wilson's
     * interval says what that is worth.
     */
    static Interval share(double[] values) {
        boolean alike = Arrays.stream(values).allMatch(value -> value == values[0]);
        return alike ? Estimates.wilson(values[0], values.length) : mean(values);
    }
}
