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
        return areAlike(values) ? Estimates.wilson(values[0], values.length) : mean(values);
    }

    /**
     * Where a mean of paired differences lies. Where all are the same, a resample's are, too, and says nothing of the pairs
     * that were not seen: Wilson's upper bound on their share is then what the interval allows for, each of them from -1 to
     * 1.
     *
     * @param differences -1 to 1, one a problem, 1 or more
     */
    static Interval difference(double[] differences) {
        if (!areAlike(differences)) {
            return mean(differences);
        }
        double mean = differences[0];
        double unseen = Estimates.wilson(0, differences.length).high();
        return new Interval(mean - unseen * (1 + mean), mean + unseen * (1 - mean));
    }

    private static boolean areAlike(double[] values) {
        return Arrays.stream(values).allMatch(value -> value == values[0]);
    }
}
