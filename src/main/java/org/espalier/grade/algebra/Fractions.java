package org.espalier.grade.algebra;

import java.math.BigDecimal;
import java.math.BigInteger;
import org.apache.commons.numbers.fraction.BigFraction;

/** What the grader asks of exact fractions and {@link BigFraction}, which keeps the sign in either part, does not answer. */
public final class Fractions {

    public static final BigFraction MINUS_ONE = BigFraction.of(-1);
    static final BigFraction HALF = BigFraction.of(1, 2);

    private Fractions() {}

    /** Reads decimal digits with an optional point, such as {@code 3.21}, {@code .5} or {@code 7.}. */
    public static BigFraction parseDecimal(String digits) {
        BigDecimal value = new BigDecimal(digits);
        BigInteger unscaled = value.unscaledValue();
        return value.scale() <= 0
                ? BigFraction.of(unscaled.multiply(BigInteger.TEN.pow(-value.scale())))
                : BigFraction.of(unscaled, BigInteger.TEN.pow(value.scale()));
    }

    /** The numerator in lowest terms, with the fraction's sign. */
    public static BigInteger numerator(BigFraction value) {
        return value.getDenominator().signum() < 0 ? value.getNumerator().negate() : value.getNumerator();
    }

    /** The denominator in lowest terms: 1 or more. */
    public static BigInteger denominator(BigFraction value) {
        return value.getDenominator().abs();
    }

    public static boolean isInteger(BigFraction value) {
        return denominator(value).equals(BigInteger.ONE);
    }

    static BigInteger floor(BigFraction value) {
        BigInteger[] parts = numerator(value).divideAndRemainder(denominator(value));
        return parts[1].signum() < 0 ? parts[0].subtract(BigInteger.ONE) : parts[0];
    }

    /** The size of a number in bits, which bounds the cost of arithmetic with it. */
    static int bits(BigFraction value) {
        return numerator(value).bitLength() + denominator(value).bitLength();
    }

    /** As keys spell it: {@code -3/4}, and {@code 3} without a denominator. */
    public static String text(BigFraction value) {
        return isInteger(value) ? numerator(value).toString() : numerator(value) + "/" + denominator(value);
    }
}
