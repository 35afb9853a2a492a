package org.espalier.grade.algebra;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.commons.numbers.fraction.BigFraction;
import org.junit.jupiter.api.Test;

class FractionsTest {

    @Test
    void readsDecimals() {
        assertThat(Fractions.parseDecimal("3.21")).isEqualTo(BigFraction.of(321, 100));
        assertThat(Fractions.parseDecimal(".5")).isEqualTo(Fractions.HALF);
        assertThat(Fractions.parseDecimal("7.")).isEqualTo(BigFraction.of(7));
    }

    /** The library keeps the sign where it was, as in 3/-2. */
    @Test
    void hasThePositiveDenominatorWhereverTheSignIs() {
        for (BigFraction value : new BigFraction[] {
            BigFraction.of(6, -4), BigFraction.of(-6, 4), BigFraction.of(3).divide(-2)
        }) {
            assertThat(Fractions.numerator(value)).isEqualTo(-3);
            assertThat(Fractions.denominator(value)).isEqualTo(2);
            assertThat(Fractions.text(value)).isEqualTo("-3/2");
            assertThat(Fractions.floor(value)).isEqualTo(-2);
            assertThat(Fractions.bits(value)).isEqualTo(4);
            assertThat(Fractions.isInteger(value)).isFalse();
        }
        assertThat(Fractions.isInteger(BigFraction.of(4, -2))).isTrue();
        assertThat(Fractions.text(BigFraction.of(4, -2))).isEqualTo("-2");
        assertThat(Fractions.text(BigFraction.of(0, -7))).isEqualTo("0");
    }

    @Test
    void roundsDown() {
        assertThat(Fractions.floor(BigFraction.of(-7, 2))).isEqualTo(-4);
        assertThat(Fractions.floor(BigFraction.of(7, 2))).isEqualTo(3);
        assertThat(Fractions.floor(BigFraction.of(-4))).isEqualTo(-4);
    }
}
