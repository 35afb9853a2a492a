package org.espalier.grade.algebra;

import org.apache.commons.numbers.fraction.BigFraction;

/**
 * The arithmetic one answer may cost. Exact algebra can explode on small inputs such as {@code (a+b+c+d)^{60}}; every
 * product and power pays here first, so that no input takes longer than some tens of milliseconds.
 */
public final class ArithmeticBudget {

    private static final int MAX_BITS = 8192;
    private static final int BITS_PER_UNIT = 64;

    private int left;

    public ArithmeticBudget(int units) {
        this.left = units;
    }

    /** Pays for one multiplication of numbers of the given total size. */
    void spend(int bits) {
        if (bits > MAX_BITS) {
            throw new NotExactException("a coefficient of " + bits + " bits");
        }
        left -= 1 + bits / BITS_PER_UNIT;
        if (left < 0) {
            throw new NotExactException("too much arithmetic");
        }
    }

    /** {@code base^exponent}, if the result stays within the size limit. */
    BigFraction pow(BigFraction base, BigFraction exponent) {
        if (!Fractions.isInteger(exponent) || Fractions.numerator(exponent).bitLength() > 30) {
            throw new NotExactException("exponent " + exponent);
        }
        int n = Fractions.numerator(exponent).intValueExact();
        if (base.isZero() && n < 0) {
            throw new NotExactException("division by zero");
        }
        if (base.equals(BigFraction.ONE)) {
            return base;
        }
        if (base.equals(Fractions.MINUS_ONE)) {
            return n % 2 == 0 ? BigFraction.ONE : base;
        }
        long bits = (Fractions.bits(base) - 1L) * Math.abs((long) n);
        spend((int) Math.min(bits, Integer.MAX_VALUE));
        return base.pow(n);
    }
}
