package org.espalier.grade;

import java.math.BigInteger;
import java.util.Collections;
import java.util.Iterator;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * A product of generators with rational exponents, in one canonical shape: a prime's exponent lies in (0, 1), the
 * imaginary unit's is 1, any other is not zero. Whole powers of primes and of {@code i^2} move into a coefficient, so
 * the operations return a {@link Term}. Distinct monomials over the primes alone are linearly independent over the
 * rationals, which makes sums of them a normal form.
 *
 * <p>Ordered by total degree in the variables and constants, then lexicographically: a monomial order, as polynomial
 * division needs.
 */
final class Monomial implements Comparable<Monomial> {

    static final Monomial ONE = new Monomial(Collections.emptySortedMap());

    private final SortedMap<Generator, Rational> powers;
    private final Rational degree;

    private Monomial(SortedMap<Generator, Rational> powers) {
        this.powers = powers;
        Rational sum = Rational.ZERO;
        for (Map.Entry<Generator, Rational> power : powers.entrySet()) {
            if (!power.getKey().isAlgebraic()) {
                sum = sum.plus(power.getValue());
            }
        }
        this.degree = sum;
    }

    static Term of(Generator generator, Rational exponent, ArithmeticBudget budget) {
        SortedMap<Generator, Rational> raw = new TreeMap<>();
        raw.put(generator, exponent);
        return fold(raw, budget);
    }

    /** Brings raw exponents into the canonical shape. */
    static Term fold(SortedMap<Generator, Rational> raw, ArithmeticBudget budget) {
        Rational coefficient = Rational.ONE;
        SortedMap<Generator, Rational> folded = new TreeMap<>();
        for (Map.Entry<Generator, Rational> power : raw.entrySet()) {
            Generator generator = power.getKey();
            Rational exponent = power.getValue();
            switch (generator.kind()) {
                case PRIME -> {
                    Rational whole = Rational.of(exponent.floor());
                    Rational prime = Rational.of(new BigInteger(generator.name()));
                    coefficient = coefficient.times(budget.pow(prime, whole));
                    exponent = exponent.minus(whole);
                }
                case IMAGINARY -> {
                    if (!exponent.isInteger()) {
                        throw new NotExactException("a root of i");
                    }
                    int quarter =
                            exponent.numerator().mod(BigInteger.valueOf(4)).intValue();
                    if (quarter >= 2) {
                        coefficient = coefficient.negate();
                    }
                    exponent = Rational.of(quarter % 2);
                }
                case CONSTANT, VARIABLE -> budget.spend(exponent.bits());
            }
            if (!exponent.isZero()) {
                folded.put(generator, exponent);
            }
        }
        return new Term(coefficient, folded.isEmpty() ? ONE : new Monomial(folded));
    }

    Term times(Monomial other, ArithmeticBudget budget) {
        if (powers.isEmpty()) {
            return new Term(Rational.ONE, other);
        }
        if (other.powers.isEmpty()) {
            return new Term(Rational.ONE, this);
        }
        SortedMap<Generator, Rational> raw = new TreeMap<>(powers);
        other.powers.forEach((generator, exponent) -> raw.merge(generator, exponent, Rational::plus));
        return fold(raw, budget);
    }

    Term pow(Rational exponent, ArithmeticBudget budget) {
        SortedMap<Generator, Rational> raw = new TreeMap<>();
        powers.forEach((generator, power) -> raw.put(generator, power.times(exponent)));
        return fold(raw, budget);
    }

    /** The factor of this monomial made of the generators that satisfy the predicate. */
    Monomial only(Predicate<Generator> predicate) {
        SortedMap<Generator, Rational> kept = new TreeMap<>(powers);
        kept.keySet().removeIf(predicate.negate());
        return new Monomial(kept);
    }

    SortedMap<Generator, Rational> powers() {
        return Collections.unmodifiableSortedMap(powers);
    }

    Rational exponentOf(Generator generator) {
        return powers.getOrDefault(generator, Rational.ZERO);
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
        Iterator<Map.Entry<Generator, Rational>> mine = powers.entrySet().iterator();
        Iterator<Map.Entry<Generator, Rational>> theirs =
                other.powers.entrySet().iterator();
        while (mine.hasNext() && theirs.hasNext()) {
            Map.Entry<Generator, Rational> a = mine.next();
            Map.Entry<Generator, Rational> b = theirs.next();
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
            if (!exponent.equals(Rational.ONE)) {
                text.append("^(").append(exponent).append(')');
            }
        });
        return text.toString();
    }
}
