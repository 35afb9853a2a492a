package org.espalier.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.espalier.eval.Estimates.Interval;
import org.junit.jupiter.api.Test;

class BootstrapTest {
    private static double[] shares(int right, int of) {
        double[] values = new double[of];
        Arrays.fill(values, 0, right, 1);
        return values;
    }

    /** Of 400 problems the resampled share is all but normal: 1.96 standard errors to each side. */
    @Test
    void ofManyProblemsItIsTheNormalInterval() {
        Interval interval = Bootstrap.share(shares(100, 400));
        double half = 1.96 * Math.sqrt(0.25 * 0.75 / 400);
        assertThat(interval.low()).isCloseTo(0.25 - half, within(0.006));
        assertThat(interval.high()).isCloseTo(0.25 + half, within(0.006));
    }

    @Test
    void itIsTheSameEveryTime() {
        assertThat(Bootstrap.share(shares(3, 20))).isEqualTo(Bootstrap.share(shares(3, 20)));
    }

    @Test
    void whereAllProblemsAreAlikeItIsWilsons() {
        assertThat(Bootstrap.share(shares(20, 20))).isEqualTo(Estimates.wilson(1, 20));
        assertThat(Bootstrap.share(shares(0, 20)).high()).isGreaterThan(0.1);
    }

    /** Of 20 pairs none differs: with 95 % confidence at most z² / (20 + z²) = 16 % of all pairs do, in either direction. */
    @Test
    void equalDifferencesSayNothingOfPairsThatWereNotSeen() {
        Interval none = Bootstrap.difference(new double[20]);
        assertThat(none.low()).isCloseTo(-.1611, within(1e-4));
        assertThat(none.high()).isCloseTo(.1611, within(1e-4));

        Interval all = Bootstrap.difference(new double[] {1, 1, 1, 1, 1, 1, 1, 1});
        assertThat(all.high()).isEqualTo(1);
        assertThat(all.low()).isBetween(.3, .4);
        assertThat(Bootstrap.difference(new double[] {0, 1, 0})).isEqualTo(Bootstrap.mean(new double[] {0, 1, 0}));
    }

    @Test
    void aMeanOfEqualValuesHasNoSpread() {
        assertThat(Bootstrap.mean(new double[] {0.5, 0.5, 0.5})).isEqualTo(new Interval(0.5, 0.5));
    }
}
