package org.espalier.grade;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class RationalTest {

    @Test
    void isInLowestTermsWithPositiveDenominator() {
        assertThat(Rational.of(6, -4)).isEqualTo(Rational.of(-3, 2)).hasToString("-3/2");
        assertThat(Rational.of(0, -7)).isEqualTo(Rational.ZERO).hasToString("0");
    }

    @Test
    void readsDecimals() {
        assertThat(Rational.parseDecimal("3.21")).isEqualTo(Rational.of(321, 100));
        assertThat(Rational.parseDecimal(".5")).isEqualTo(Rational.HALF);
        assertThat(Rational.parseDecimal("7.")).isEqualTo(Rational.of(7));
    }

    @Test
    void computes() {
        Rational third = Rational.of(1, 3);
        assertThat(third.plus(Rational.HALF)).isEqualTo(Rational.of(5, 6));
        assertThat(third.minus(Rational.HALF)).isEqualTo(Rational.of(-1, 6));
        assertThat(third.times(Rational.HALF)).isEqualTo(Rational.of(1, 6));
        assertThat(third.dividedBy(Rational.HALF)).isEqualTo(Rational.of(2, 3));
        assertThat(third.pow(-2)).isEqualTo(Rational.of(9));
        assertThat(third).isLessThan(Rational.HALF);
        assertThat(Rational.of(-7, 2).floor()).isEqualTo(-4);
        assertThat(Rational.of(7, 2).floor()).isEqualTo(3);
    }

    @Test
    void refusesZeroDenominators() {
        assertThatThrownBy(() -> Rational.of(1, 0)).isInstanceOf(ArithmeticException.class);
        assertThatThrownBy(() -> Rational.ONE.dividedBy(Rational.ZERO)).isInstanceOf(ArithmeticException.class);
    }
}
