package org.espalier.grade.algebra;

import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import org.apache.commons.numbers.fraction.BigFraction;

/**
 * A quotient of polynomials, reduced as far as the exact rules reach: a single-term denominator becomes negative
 * exponents, square roots and {@code i} are cleared from the denominator by conjugates, common factors are divided out.
 */
public final class RationalFunction {

    static final RationalFunction ZERO = new RationalFunction(Polynomial.ZERO, Polynomial.ONE);
    static final RationalFunction ONE = of(BigFraction.ONE);

    private static final int MAX_CONJUGATES = 6;

    private final Polynomial numerator;
    private final Polynomial denominator;

    private RationalFunction(Polynomial numerator, Polynomial denominator) {
        this.numerator = numerator;
        this.denominator = denominator;
    }

    static RationalFunction of(BigFraction value) {
        return of(Polynomial.of(value));
    }

    static RationalFunction of(Term term) {
        return of(Polynomial.of(term));
    }

    static RationalFunction of(Polynomial polynomial) {
        return new RationalFunction(polynomial, Polynomial.ONE);
    }

    public Polynomial numerator() {
        return numerator;
    }

    RationalFunction plus(RationalFunction other, ArithmeticBudget budget) {
        if (denominator.equals(other.denominator)) {
            return reduce(numerator.plus(other.numerator), denominator, budget);
        }
        return reduce(
                numerator.times(other.denominator, budget).plus(other.numerator.times(denominator, budget)),
                denominator.times(other.denominator, budget),
                budget);
    }

    RationalFunction negate() {
        return new RationalFunction(numerator.negate(), denominator);
    }

    RationalFunction times(RationalFunction other, ArithmeticBudget budget) {
        return reduce(numerator.times(other.numerator, budget), denominator.times(other.denominator, budget), budget);
    }

    RationalFunction dividedBy(RationalFunction other, ArithmeticBudget budget) {
        return reduce(numerator.times(other.denominator, budget), denominator.times(other.numerator, budget), budget);
    }

    RationalFunction pow(int exponent, ArithmeticBudget budget) {
        int size = Math.abs(exponent);
        RationalFunction power = reduce(numerator.pow(size, budget), denominator.pow(size, budget), budget);
        return exponent < 0 ? ONE.dividedBy(power, budget) : power;
    }

    /** The value, if this is a rational number. */
    public Optional<BigFraction> asRational() {
        return isPolynomial() ? numerator.asRational() : Optional.empty();
    }

    /** The only term, if this is a single term. */
    Optional<Term> asTerm() {
        return isPolynomial() && numerator.isSingleTerm() ? Optional.of(numerator.leading()) : Optional.empty();
    }

    public boolean isPolynomial() {
        return denominator.equals(Polynomial.ONE);
    }

    /**
     * The normal form as text: two expressions with the same text are equal, and equal ones have the same text.
     *
     * @throws NotExactException if the denominator could not be brought into a canonical shape
     */
    public String canonicalText() {
        if (isPolynomial()) {
            return numerator.toString();
        }
        if (soleRationalVariable(denominator).isEmpty()
                || !PolynomialDivision.hasOnlyNaturalExponents(denominator)
                || numerator.generators().stream()
                        .filter(generator -> !generator.isAlgebraic())
                        .anyMatch(generator -> !denominator.generators().contains(generator))) {
            throw new NotExactException("denominator " + denominator);
        }
        return "(" + numerator + ")/(" + denominator + ")";
    }

    private static RationalFunction reduce(Polynomial numerator, Polynomial denominator, ArithmeticBudget budget) {
        if (denominator.isZero()) {
            throw new NotExactException("division by zero");
        }
        if (numerator.isZero()) {
            return ZERO;
        }
        if (denominator.equals(Polynomial.ONE)) {
            return of(numerator);
        }
        Polynomial top = numerator;
        Polynomial bottom = denominator;
        for (int i = 0; i < MAX_CONJUGATES && !bottom.isSingleTerm(); i++) {
            Optional<Generator> root = squareRootIn(bottom);
            if (root.isEmpty()) {
                break;
            }
            Polynomial conjugate = conjugate(bottom, root.get());
            top = top.times(conjugate, budget);
            bottom = bottom.times(conjugate, budget);
        }
        if (bottom.isZero()) {
            throw new NotExactException("division by zero");
        }
        Term shift = bottom.isSingleTerm() ? bottom.leading().inverse(budget) : shiftToNatural(bottom, budget);
        return cancel(top.times(shift, budget), bottom.times(shift, budget), budget);
    }

    private static Optional<Generator> squareRootIn(Polynomial polynomial) {
        return polynomial.generators().stream()
                .filter(Generator::isAlgebraic)
                .filter(generator -> polynomial.terms().keySet().stream()
                        .map(monomial -> monomial.exponentOf(generator))
                        .allMatch(exponent ->
                                exponent.isZero() || exponent.equals(Fractions.HALF) || generator.equals(Generator.I)))
                .findFirst();
    }

    private static Polynomial conjugate(Polynomial polynomial, Generator root) {
        Polynomial result = Polynomial.ZERO;
        for (var term : polynomial.terms().entrySet()) {
            boolean contains = !term.getKey().exponentOf(root).isZero();
            BigFraction coefficient = contains ? term.getValue().negate() : term.getValue();
            result = result.plus(Polynomial.of(new Term(coefficient, term.getKey())));
        }
        return result;
    }

    /** The term that makes every exponent non-negative, the smallest one zero and the leading coefficient one. */
    private static Term shiftToNatural(Polynomial polynomial, ArithmeticBudget budget) {
        SortedMap<Generator, BigFraction> shift = new TreeMap<>();
        for (Generator generator : polynomial.generators()) {
            if (!generator.isAlgebraic()) {
                BigFraction smallest = polynomial.terms().keySet().stream()
                        .map(monomial -> monomial.exponentOf(generator))
                        .min(BigFraction::compareTo)
                        .orElse(BigFraction.ZERO);
                shift.put(generator, smallest.negate());
            }
        }
        Term monomial = Monomial.fold(shift, budget);
        return new Term(BigFraction.ONE.divide(polynomial.leading().coefficient()), monomial.monomial());
    }

    /** Divides out common factors where that is decidable with one variable or by exact division. */
    private static RationalFunction cancel(Polynomial top, Polynomial bottom, ArithmeticBudget budget) {
        if (bottom.isSingleTerm() || !PolynomialDivision.hasOnlyNaturalExponents(bottom)) {
            return new RationalFunction(top, bottom);
        }
        Term shift = shiftToNatural(top, budget);
        Polynomial naturalTop = top.times(shift, budget);
        if (!PolynomialDivision.hasOnlyNaturalExponents(naturalTop)) {
            return new RationalFunction(top, bottom);
        }
        Term unshift = shift.inverse(budget);
        Optional<Generator> variable = soleRationalVariable(bottom);
        if (variable.isPresent() && onlyVariable(naturalTop, variable.get())) {
            Polynomial gcd = PolynomialDivision.gcd(bottom, naturalTop, variable.get(), budget);
            Polynomial newTop =
                    PolynomialDivision.divideExactly(naturalTop, gcd, budget).orElse(naturalTop);
            Polynomial newBottom =
                    PolynomialDivision.divideExactly(bottom, gcd, budget).orElse(bottom);
            return new RationalFunction(newTop.times(unshift, budget), newBottom);
        }
        if (bottom.generators().stream().anyMatch(Generator::isAlgebraic)) {
            return new RationalFunction(top, bottom);
        }
        Optional<Polynomial> quotient = PolynomialDivision.divideExactly(naturalTop, bottom, budget);
        if (quotient.isPresent()) {
            return of(quotient.get().times(unshift, budget));
        }
        if (!naturalTop.isSingleTerm() && naturalTop.generators().stream().noneMatch(Generator::isAlgebraic)) {
            Optional<Polynomial> inverse = PolynomialDivision.divideExactly(bottom, naturalTop, budget);
            if (inverse.isPresent()) {
                return reduce(Polynomial.of(unshift), inverse.get(), budget);
            }
        }
        return new RationalFunction(top, bottom);
    }

    private static boolean onlyVariable(Polynomial polynomial, Generator variable) {
        return polynomial.generators().stream()
                .allMatch(generator -> generator.isAlgebraic() || generator.equals(variable));
    }

    private static Optional<Generator> soleRationalVariable(Polynomial polynomial) {
        SortedSet<Generator> generators = polynomial.generators();
        return generators.size() == 1 && !generators.first().isAlgebraic()
                ? Optional.of(generators.first())
                : Optional.empty();
    }
}
