package org.espalier.grade;

import java.util.Collections;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;

/** A sum of terms with distinct monomials and non-zero rational coefficients, largest monomial first. */
final class Polynomial {

    static final Polynomial ZERO = new Polynomial(new TreeMap<>());
    static final Polynomial ONE = of(Rational.ONE);

    private static final int MAX_TERMS = 200;

    private final NavigableMap<Monomial, Rational> terms;

    private Polynomial(NavigableMap<Monomial, Rational> terms) {
        if (terms.size() > MAX_TERMS) {
            throw new NotExactException("more than " + MAX_TERMS + " terms");
        }
        this.terms = terms;
    }

    static Polynomial of(Rational value) {
        return of(new Term(value, Monomial.ONE));
    }

    static Polynomial of(Term term) {
        NavigableMap<Monomial, Rational> terms = descending();
        if (!term.coefficient().isZero()) {
            terms.put(term.monomial(), term.coefficient());
        }
        return new Polynomial(terms);
    }

    private static NavigableMap<Monomial, Rational> descending() {
        return new TreeMap<>(Collections.reverseOrder());
    }

    Polynomial plus(Polynomial other) {
        NavigableMap<Monomial, Rational> sum = descending();
        sum.putAll(terms);
        other.terms.forEach((monomial, coefficient) -> add(sum, monomial, coefficient));
        return new Polynomial(sum);
    }

    Polynomial minus(Polynomial other) {
        return plus(other.negate());
    }

    Polynomial negate() {
        return mapCoefficients(Rational::negate);
    }

    Polynomial times(Polynomial other, ArithmeticBudget budget) {
        NavigableMap<Monomial, Rational> product = descending();
        for (Map.Entry<Monomial, Rational> a : terms.entrySet()) {
            for (Map.Entry<Monomial, Rational> b : other.terms.entrySet()) {
                Term term = new Term(a.getValue(), a.getKey()).times(new Term(b.getValue(), b.getKey()), budget);
                add(product, term.monomial(), term.coefficient());
            }
            if (product.size() > MAX_TERMS) {
                throw new NotExactException("more than " + MAX_TERMS + " terms");
            }
        }
        return new Polynomial(product);
    }

    Polynomial times(Term term, ArithmeticBudget budget) {
        return times(of(term), budget);
    }

    /** {@code this^exponent} for a non-negative exponent. */
    Polynomial pow(int exponent, ArithmeticBudget budget) {
        Polynomial result = ONE;
        for (int i = 0; i < exponent; i++) {
            result = result.times(this, budget);
        }
        return result;
    }

    Polynomial mapCoefficients(UnaryOperator<Rational> change) {
        NavigableMap<Monomial, Rational> changed = descending();
        terms.forEach((monomial, coefficient) -> changed.put(monomial, change.apply(coefficient)));
        return new Polynomial(changed);
    }

    private static void add(Map<Monomial, Rational> sum, Monomial monomial, Rational coefficient) {
        Rational total = sum.getOrDefault(monomial, Rational.ZERO).plus(coefficient);
        if (total.isZero()) {
            sum.remove(monomial);
        } else {
            sum.put(monomial, total);
        }
    }

    boolean isZero() {
        return terms.isEmpty();
    }

    boolean isSingleTerm() {
        return terms.size() == 1;
    }

    /** The term with the largest monomial; this must not be zero. */
    Term leading() {
        Map.Entry<Monomial, Rational> first = terms.firstEntry();
        return new Term(first.getValue(), first.getKey());
    }

    Rational coefficientOf(Monomial monomial) {
        return terms.getOrDefault(monomial, Rational.ZERO);
    }

    NavigableMap<Monomial, Rational> terms() {
        return Collections.unmodifiableNavigableMap(terms);
    }

    SortedSet<Generator> generators() {
        SortedSet<Generator> generators = new TreeSet<>();
        terms.keySet().forEach(monomial -> generators.addAll(monomial.powers().keySet()));
        return generators;
    }

    /** The value, if this is a rational number. */
    Optional<Rational> asRational() {
        if (isZero()) {
            return Optional.of(Rational.ZERO);
        }
        return isSingleTerm() && leading().monomial().isOne()
                ? Optional.of(leading().coefficient())
                : Optional.empty();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Polynomial polynomial && terms.equals(polynomial.terms);
    }

    @Override
    public int hashCode() {
        return terms.hashCode();
    }

    @Override
    public String toString() {
        if (isZero()) {
            return "0";
        }
        StringBuilder text = new StringBuilder();
        terms.forEach((monomial, coefficient) -> {
            if (!text.isEmpty() && coefficient.signum() > 0) {
                text.append('+');
            }
            if (monomial.isOne()) {
                text.append(coefficient);
            } else if (coefficient.abs().equals(Rational.ONE)) {
                text.append(coefficient.signum() < 0 ? "-" : "").append(monomial);
            } else {
                text.append(coefficient).append('*').append(monomial);
            }
        });
        return text.toString();
    }
}
