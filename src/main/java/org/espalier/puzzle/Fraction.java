package org.espalier.puzzle;

import java.util.Optional;

/**
 * An exact number. Numbers of puzzles are few and small enough that nothing overflows; what does is thrown. A solver that goes
 * through millions of them takes ten times as long with commons-numbers' BigFraction.
 *
 * @param numerator without a common divisor with the denominator
 * @param denominator 1 or more
 */
record Fraction(long numerator, long denominator) implements Comparable<Fraction> {
    static Fraction of(long number) {
        return new Fraction(number, 1);
    }

    private static Fraction reduced(long numerator, long denominator) {
        long divisor = gcd(Math.abs(numerator), Math.abs(denominator)) * (denominator < 0 ? -1 : 1);
        return new Fraction(numerator / divisor, denominator / divisor);
    }

    private static long gcd(long a, long b) {
        return b == 0 ? a : gcd(b, a % b);
    }

    /** As it is written: digits, with a slash if it is no whole number. Empty if it is written otherwise, or is too large. */
    static Optional<Fraction> parse(String text) {
        try {
            int slash = text.indexOf('/');
            long numerator = Long.parseLong(slash < 0 ? text : text.substring(0, slash));
            long denominator = slash < 0 ? 1 : Long.parseLong(text.substring(slash + 1));
            return denominator == 0 ? Optional.empty() : Optional.of(reduced(numerator, denominator));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    Fraction plus(Fraction other) {
        return reduced(
                Math.addExact(
                        Math.multiplyExact(numerator, other.denominator),
                        Math.multiplyExact(other.numerator, denominator)),
                Math.multiplyExact(denominator, other.denominator));
    }

    Fraction negated() {
        return new Fraction(-numerator, denominator);
    }

    Fraction minus(Fraction other) {
        return plus(other.negated());
    }

    Fraction times(Fraction other) {
        return reduced(
                Math.multiplyExact(numerator, other.numerator), Math.multiplyExact(denominator, other.denominator));
    }

    /** Empty if the other is 0. */
    Optional<Fraction> over(Fraction other) {
        return other.numerator == 0
                ? Optional.empty()
                : Optional.of(reduced(
                        Math.multiplyExact(numerator, other.denominator),
                        Math.multiplyExact(denominator, other.numerator)));
    }

    /** This number and another one under an operator; empty for a division by 0. */
    Optional<Fraction> under(char operator, Fraction other) {
        return switch (operator) {
            case '+' -> Optional.of(plus(other));
            case '-' -> Optional.of(minus(other));
            case '*' -> Optional.of(times(other));
            default -> over(other);
        };
    }

    @Override
    public int compareTo(Fraction other) {
        int whole = Double.compare((double) numerator / denominator, (double) other.numerator / other.denominator);
        return whole != 0
                ? whole
                : numerator != other.numerator
                        ? Long.compare(numerator, other.numerator)
                        : Long.compare(denominator, other.denominator);
    }

    @Override
    public String toString() {
        return denominator == 1 ? Long.toString(numerator) : numerator + "/" + denominator;
    }
}
