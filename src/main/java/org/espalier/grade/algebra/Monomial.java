package org.espalier.grade.algebra;

import java.math.BigInteger;
import java.util.Collections;
import java.util.Iterator;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.apache.commons.numbers.fraction.BigFraction;

/**
 * A product of generators with rational exponents, in one canonical shape: a prime's exponent lies in (0, 1), the
 * imaginary unit's is 1, any other is not zero. Whole powers of primes and of {@code i^2} move into a coefficient, so
 * the operations return a {@link Term}. Distinct monomials over the primes alone are linearly independent over the
 * rationals, which makes sums of them a normal form.
 *
 * <p>Ordered by total degree in the variables and constants, then lexicographically: a monomial order, as polynomial
 * division needs.
 */
public final class Monomial implements Comparable<Monomial> {

    public static final Monomial ONE = new Monomial(Collections.emptySortedMap());

    private final SortedMap<Generator, BigFraction> powers;
    private final BigFraction degree;

    private Monomial(SortedMap<Generator, BigFraction> powers) {
        this.powers = powers;
        BigFraction sum = BigFraction.ZERO;
        for (Map.Entry<Generator, BigFraction> power : powers.entrySet()) {
            if (!power.getKey().isAlgebraic()) {
                sum = sum.add(power.getValue());
            }
        }
        this.degree = sum;
    }

    public static Term of(Generator generator, BigFraction exponent, ArithmeticBudget budget) {
        SortedMap<Generator, BigFraction> raw = new TreeMap<>();
        raw.put(generator, exponent);
        return fold(raw, budget);
    }

    /** Brings raw exponents into the canonical shape. */
    static Term fold(SortedMap<Generator, BigFraction> raw, ArithmeticBudget budget) {
        BigFraction coefficient = BigFraction.ONE;
        SortedMap<Generator, BigFraction> folded = new TreeMap<>();
        for (Map.Entry<Generator, BigFraction> power : raw.entrySet()) {
            Generator generator = power.getKey();
            BigFraction exponent = power.getValue();
            switch (generator.kind()) {
                case PRIME -> {
                    BigFraction whole = BigFraction.of(Fractions.floor(exponent));
                    BigFraction prime = BigFraction.of(new BigInteger(generator.name()));
                    coefficient = coefficient.multiply(budget.pow(prime, whole));
                    exponent = exponent.subtract(whole);
                }
                case IMAGINARY -> {
                    if (!Fractions.isInteger(exponent)) {
                        throw new NotExactException("a root of i");
                    }
                    int quarter = Fractions.numerator(exponent)
                            .mod(BigInteger.valueOf(4))
                            .intValue();
                    if (quarter >= 2) {
                        coefficient = coefficient.negate();
                    }
                    exponent = BigFraction.of(quarter % 2);
                }
                case CONSTANT, VARIABLE -> budget.spend(Fractions.bits(exponent));
            }
            if (!exponent.isZero()) {
                folded.put(generator, exponent);
            }
        }
        return new Term(coefficient, folded.isEmpty() ? ONE : new Monomial(folded));
    }

    Term times(Monomial other, ArithmeticBudget budget) {
        if (powers.isEmpty()) {
            return new Term(BigFraction.ONE, other);
        }
        if (other.powers.isEmpty()) {
            return new Term(BigFraction.ONE, this);
        }
        SortedMap<Generator, BigFraction> raw = new TreeMap<>(powers);
        other.powers.forEach((generator, exponent) -> raw.merge(generator, exponent, BigFraction::add));
        return fold(raw, budget);
    }

    Term pow(BigFraction exponent, ArithmeticBudget budget) {
        SortedMap<Generator, BigFraction> raw = new TreeMap<>();
        powers.forEach((generator, power) -> raw.put(generator, power.multiply(exponent)));
        return fold(raw, budget);
    }

    /** The factor of this monomial made of the generators that satisfy the predicate. */
    Monomial only(Predicate<Generator> predicate) {
        SortedMap<Generator, BigFraction> kept = new TreeMap<>(powers);
        kept.keySet().removeIf(predicate.negate());
        return new Monomial(kept);
    }

    SortedMap<Generator, BigFraction> powers() {
        return Collections.unmodifiableSortedMap(powers);
    }

    BigFraction exponentOf(Generator generator) {
        return powers.getOrDefault(generator, BigFraction.ZERO);
    }

    boolean isOne() {
        return powers.isEmpty();
    }

    @Override
    public int compareTo(Monomial other) {
        int byDegree = degree.compareTo(other.degree);
        if (byDegree != 0) {
            return byDegree;
        }
        Iterator<Map.Entry<Generator, BigFraction>> mine = powers.entrySet().iterator();
        Iterator<Map.Entry<Generator, BigFraction>> theirs =
                other.powers.entrySet().iterator();
        while (mine.hasNext() && theirs.hasNext()) {
            Map.Entry<Generator, BigFraction> a = mine.next();
            Map.Entry<Generator, BigFraction> b = theirs.next();
            int byGenerator = a.getKey().compareTo(b.getKey());
            if (byGenerator != 0) {
                return byGenerator < 0 ? a.getValue().signum() : -b.getValue().signum();
            }
            int byExponent = a.getValue().compareTo(b.getValue());
            if (byExponent != 0) {
                return byExponent;
            }
        }
        if (mine.hasNext()) {
            return mine.next().getValue().signum();
        }
        return theirs.hasNext() ? -theirs.next().getValue().signum() : 0;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Monomial monomial && powers.equals(monomial.powers);
    }

    @Override
    public int hashCode() {
        return powers.hashCode();
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        powers.forEach((generator, exponent) -> {
            text.append(text.isEmpty() ? "" : "*").append(generator.name());
            if (!exponent.equals(BigFraction.ONE)) {
                text.append("^(").append(Fractions.text(exponent)).append(')');
            }
        });
        return text.toString();
    }
}
