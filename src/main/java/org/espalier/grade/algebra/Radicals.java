package org.espalier.grade.algebra;

import java.math.BigInteger;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.commons.numbers.fraction.BigFraction;

/** Roots of rational numbers as products of fractional prime powers, and square roots that denest. */
final class Radicals {

    private static final int MAX_BITS = 512;
    private static final int TRIAL_LIMIT = 10_000;
    private static final int[] POWERS = {2, 3, 5, 7};

    private Radicals() {}

    /** {@code base^exponent} for a positive base. */
    static Term power(BigFraction base, BigFraction exponent, ArithmeticBudget budget) {
        SortedMap<Generator, BigFraction> powers = new TreeMap<>();
        factor(base, budget)
                .forEach((prime, multiplicity) -> powers.put(
                        new Generator(Generator.Kind.PRIME, prime.toString()),
                        exponent.multiply(BigFraction.of(multiplicity))));
        return Monomial.fold(powers, budget);
    }

    /**
     * The prime factors of a positive rational number, those of the denominator with negative exponents. What is left
     * of a number after all factors below ten thousand counts as one prime: a root of it is then merely not simplified.
     */
    static SortedMap<BigInteger, Integer> factor(BigFraction value, ArithmeticBudget budget) {
        SortedMap<BigInteger, Integer> factors = new TreeMap<>();
        factor(Fractions.numerator(value), 1, factors, budget);
        factor(Fractions.denominator(value), -1, factors, budget);
        return factors;
    }

    private static void factor(BigInteger value, int sign, Map<BigInteger, Integer> factors, ArithmeticBudget budget) {
        if (value.bitLength() > MAX_BITS) {
            throw new NotExactException("a root of a number of " + value.bitLength() + " bits");
        }
        budget.spend(value.bitLength());
        BigInteger rest = value;
        for (int d = 2; d < TRIAL_LIMIT && rest.bitLength() > 1; d += d == 2 ? 1 : 2) {
            if (rest.bitLength() < 63) {
                long small = rest.longValueExact();
                if ((long) d * d > small) {
                    break;
                }
                if (small % d != 0) {
                    continue;
                }
            }
            BigInteger divisor = BigInteger.valueOf(d);
            BigInteger[] parts = rest.divideAndRemainder(divisor);
            while (parts[1].signum() == 0) {
                factors.merge(divisor, sign, Integer::sum);
                rest = parts[0];
                parts = rest.divideAndRemainder(divisor);
            }
        }
        if (rest.equals(BigInteger.ONE)) {
            return;
        }
        for (int degree : POWERS) {
            BigInteger root = integerRoot(rest, degree);
            if (root.pow(degree).equals(rest)) {
                factors.merge(root, degree * sign, Integer::sum);
                return;
            }
        }
        factors.merge(rest, sign, Integer::sum);
    }

    /** The largest integer whose power does not exceed {@code value}. */
    private static BigInteger integerRoot(BigInteger value, int degree) {
        BigInteger root = BigInteger.ZERO;
        for (int bit = value.bitLength() / degree; bit >= 0; bit--) {
            BigInteger larger = root.setBit(bit);
            if (larger.pow(degree).compareTo(value) <= 0) {
                root = larger;
            }
        }
        return root;
    }

    /**
     * The principal square root of {@code a + b sqrt(c)}, rational {@code a}, {@code b} and integer {@code c} (which
     * may be -1), when it is a sum of two square roots: when {@code a^2 - b^2 c} is the square of a rational.
     */
    static Optional<Polynomial> denest(Polynomial radicand, ArithmeticBudget budget) {
        if (radicand.terms().size() != 2 || !radicand.terms().containsKey(Monomial.ONE)) {
            return Optional.empty();
        }
        BigFraction a = radicand.coefficientOf(Monomial.ONE);
        Monomial root = radicand.terms().keySet().stream()
                .filter(monomial -> !monomial.isOne())
                .findFirst()
                .orElseThrow();
        BigFraction b = radicand.coefficientOf(root);
        Term square = root.pow(BigFraction.of(2), budget);
        boolean imaginary = root.powers().containsKey(Generator.I);
        if (!square.monomial().isOne() || (imaginary && square.coefficient().signum() > 0)) {
            return Optional.empty();
        }
        BigFraction discriminant = a.multiply(a).subtract(b.multiply(b).multiply(square.coefficient()));
        Optional<BigFraction> d = rationalRoot(discriminant);
        if (d.isEmpty() || (!imaginary && a.signum() < 0)) {
            return Optional.empty();
        }
        BigFraction first = a.add(d.get()).multiply(Fractions.HALF);
        BigFraction second = imaginary
                ? d.get().subtract(a).multiply(Fractions.HALF)
                : a.subtract(d.get()).multiply(Fractions.HALF);
        if (first.signum() < 0 || second.signum() < 0) {
            return Optional.empty();
        }
        Polynomial left = squareRoot(first, budget);
        Polynomial right = squareRoot(second, budget);
        if (imaginary) {
            right = right.times(Monomial.of(Generator.I, BigFraction.ONE, budget), budget);
        }
        return Optional.of(b.signum() < 0 ? left.minus(right) : left.plus(right));
    }

    private static Polynomial squareRoot(BigFraction value, ArithmeticBudget budget) {
        return value.isZero() ? Polynomial.ZERO : Polynomial.of(power(value, Fractions.HALF, budget));
    }

    private static Optional<BigFraction> rationalRoot(BigFraction value) {
        if (value.signum() < 0) {
            return Optional.empty();
        }
        BigFraction root = BigFraction.of(
                Fractions.numerator(value).sqrt(), Fractions.denominator(value).sqrt());
        return root.multiply(root).equals(value) ? Optional.of(root) : Optional.empty();
    }
}
