package org.espalier.grade.algebra;

import java.util.Collections;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import org.apache.commons.numbers.fraction.BigFraction;

/** A sum of terms with distinct monomials and non-zero rational coefficients, largest monomial first. */
public final class Polynomial {

    static final Polynomial ZERO = new Polynomial(new TreeMap<>());
    static final Polynomial ONE = of(BigFraction.ONE);

    private static final int MAX_TERMS = 200;

    private final NavigableMap<Monomial, BigFraction> terms;

    private Polynomial(NavigableMap<Monomial, BigFraction> terms) {
        if (terms.size() > MAX_TERMS) {
            throw new NotExactException("more than " + MAX_TERMS + " terms");
        }
        this.terms = terms;
    }

    static Polynomial of(BigFraction value) {
        return of(new Term(value, Monomial.ONE));
    }

    static Polynomial of(Term term) {
        NavigableMap<Monomial, BigFraction> terms = descending();
        if (!term.coefficient().isZero()) {
            terms.put(term.monomial(), term.coefficient());
        }
        return new Polynomial(terms);
    }

    private static NavigableMap<Monomial, BigFraction> descending() {
        return new TreeMap<>(Collections.reverseOrder());
    }

    Polynomial plus(Polynomial other) {
        NavigableMap<Monomial, BigFraction> sum = descending();
        sum.putAll(terms);
        other.terms.forEach((monomial, coefficient) -> add(sum, monomial, coefficient));
        return new Polynomial(sum);
    }

    Polynomial minus(Polynomial other) {
        return plus(other.negate());
    }

    Polynomial negate() {
        return mapCoefficients(BigFraction::negate);
    }

    Polynomial times(Polynomial other, ArithmeticBudget budget) {
        NavigableMap<Monomial, BigFraction> product = descending();
        for (Map.Entry<Monomial, BigFraction> a : terms.entrySet()) {
            for (Map.Entry<Monomial, BigFraction> b : other.terms.entrySet()) {
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

    public Polynomial mapCoefficients(UnaryOperator<BigFraction> change) {
        NavigableMap<Monomial, BigFraction> changed = descending();
        terms.forEach((monomial, coefficient) -> changed.put(monomial, change.apply(coefficient)));
        return new Polynomial(changed);
    }

    private static void add(Map<Monomial, BigFraction> sum, Monomial monomial, BigFraction coefficient) {
        BigFraction total = sum.getOrDefault(monomial, BigFraction.ZERO).add(coefficient);
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
    public Term leading() {
        Map.Entry<Monomial, BigFraction> first = terms.firstEntry();
        return new Term(first.getValue(), first.getKey());
    }

    public BigFraction coefficientOf(Monomial monomial) {
        return terms.getOrDefault(monomial, BigFraction.ZERO);
    }

    public NavigableMap<Monomial, BigFraction> terms() {
        return Collections.unmodifiableNavigableMap(terms);
    }

    public SortedSet<Generator> generators() {
        SortedSet<Generator> generators = new TreeSet<>();
        terms.keySet().forEach(monomial -> generators.addAll(monomial.powers().keySet()));
        return generators;
    }

    /** The value, if this is a rational number. */
    Optional<BigFraction> asRational() {
        if (isZero()) {
            return Optional.of(BigFraction.ZERO);
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
                text.append(Fractions.text(coefficient));
            } else if (coefficient.abs().equals(BigFraction.ONE)) {
                text.append(coefficient.signum() < 0 ? "-" : "").append(monomial);
            } else {
                text.append(Fractions.text(coefficient)).append('*').append(monomial);
            }
        });
        return text.toString();
    }
}
