package org.espalier.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.espalier.eval.Estimates.Interval;
import org.junit.jupiter.api.Test;

class EstimatesTest {
    /** Newcombe (1998), Statistics in Medicine 17, table I: 81 of 263, 15 of 148, 0 of 20, 1 of 29. */
    @Test
    void wilsonsIntervalsAreThoseInPrint() {
        assertInterval(81, 263, 0.2553, 0.3662);
        assertInterval(15, 148, 0.0624, 0.1605);
        assertInterval(0, 20, 0, 0.1611);
        assertInterval(1, 29, 0.0061, 0.1718);
    }

    private static void assertInterval(int right, int count, double low, double high) {
        Interval interval = Estimates.wilson((double) right / count, count);
        assertThat(interval.low()).isCloseTo(low, within(5e-5));
        assertThat(interval.high()).isCloseTo(high, within(5e-5));
    }

    @Test
    void wilsonStaysWithinTheUnitInterval() {
        assertThat(Estimates.wilson(1, 5).high()).isEqualTo(1);
        assertThat(Estimates.wilson(1, 5).low()).isBetween(0.5, 0.6);
        assertThat(Estimates.wilson(0, 5).low()).isZero();
    }

    /** 1 - C(n - c, k) / C(n, k), by hand. */
    @Test
    void passAtKIsUnbiased() {
        assertThat(Estimates.passAtK(4, 1, 1)).isCloseTo(0.25, within(1e-12));
        assertThat(Estimates.passAtK(4, 1, 2)).isCloseTo(0.5, within(1e-12));
        assertThat(Estimates.passAtK(5, 2, 3)).isCloseTo(1 - 1 / 10.0, within(1e-12));
        assertThat(Estimates.passAtK(10, 3, 2)).isCloseTo(1 - 21 / 45.0, within(1e-12));
        assertThat(Estimates.passAtK(8, 0, 8)).isZero();
        assertThat(Estimates.passAtK(8, 1, 8)).isEqualTo(1);
        assertThat(Estimates.passAtK(3, 3, 1)).isEqualTo(1);
    }
}
