package org.espalier.grade.algebra;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.commons.numbers.fraction.BigFraction;

/** Division and greatest common divisors, for polynomials whose exponents are non-negative integers. */
final class PolynomialDivision {

    private static final int MAX_DEGREE = 200;

    private PolynomialDivision() {}

    /** The quotient, if the divisor divides the dividend without remainder. */
    static Optional<Polynomial> divideExactly(Polynomial dividend, Polynomial divisor, ArithmeticBudget budget) {
        Term inverse = divisor.leading().inverse(budget);
        Polynomial quotient = Polynomial.ZERO;
        Polynomial rest = dividend;
        while (!rest.isZero()) {
            Term next = rest.leading().times(inverse, budget);
            if (hasNegativeExponent(next.monomial())) {
                return Optional.empty();
            }
            quotient = quotient.plus(Polynomial.of(next));
            rest = rest.minus(divisor.times(next, budget));
        }
        return Optional.of(quotient);
    }

    private static boolean hasNegativeExponent(Monomial monomial) {
        return monomial.powers().values().stream().anyMatch(exponent -> exponent.signum() < 0);
    }

    static boolean hasOnlyNaturalExponents(Polynomial polynomial) {
        return polynomial.terms().keySet().stream()
                .flatMap(monomial -> monomial.powers().entrySet().stream())
                .filter(power -> !power.getKey().isAlgebraic())
                .allMatch(power -> Fractions.isInteger(power.getValue())
                        && power.getValue().signum() >= 0
                        && Fractions.numerator(power.getValue()).bitLength() < 31);
    }

    /**
     * The monic greatest common divisor of {@code divisor}, a polynomial over the rationals in {@code variable} alone,
     * and {@code other}, whose coefficients may contain roots: those are independent over the rational functions, so
     * the divisor must divide the part that belongs to each.
     */
    static Polynomial gcd(Polynomial divisor, Polynomial other, Generator variable, ArithmeticBudget budget) {
        SortedMap<Monomial, Polynomial> parts = new TreeMap<>();
        other.terms().forEach((monomial, coefficient) -> {
            Monomial root = monomial.only(Generator::isAlgebraic);
            Monomial power = monomial.only(generator -> !generator.isAlgebraic());
            parts.merge(root, Polynomial.of(new Term(coefficient, power)), Polynomial::plus);
        });
        List<BigFraction> gcd = dense(divisor, variable);
        for (Polynomial part : parts.values()) {
            gcd = gcd(gcd, dense(part, variable), budget);
        }
        Polynomial result = Polynomial.ZERO;
        for (int i = 0; i < gcd.size(); i++) {
            Term power = Monomial.of(variable, BigFraction.of(i), budget);
            result = result.plus(Polynomial.of(new Term(gcd.get(i), power.monomial())));
        }
        return result;
    }

    private static List<BigFraction> dense(Polynomial polynomial, Generator variable) {
        List<BigFraction> coefficients = new ArrayList<>();
        for (Map.Entry<Monomial, BigFraction> term : polynomial.terms().entrySet()) {
            int exponent =
                    Fractions.numerator(term.getKey().exponentOf(variable)).intValueExact();
            if (exponent > MAX_DEGREE) {
                throw new NotExactException("degree " + exponent);
            }
            while (coefficients.size() <= exponent) {
                coefficients.add(BigFraction.ZERO);
            }
            coefficients.set(exponent, term.getValue());
        }
        return coefficients;
    }

    private static List<BigFraction> gcd(List<BigFraction> a, List<BigFraction> b, ArithmeticBudget budget) {
        List<BigFraction> larger = a;
        List<BigFraction> smaller = b;
        while (!smaller.isEmpty()) {
            List<BigFraction> rest = remainder(larger, smaller, budget);
            larger = smaller;
            smaller = rest;
        }
        BigFraction leading = larger.get(larger.size() - 1);
        return larger.stream().map(c -> c.divide(leading)).toList();
    }

    private static List<BigFraction> remainder(
            List<BigFraction> dividend, List<BigFraction> divisor, ArithmeticBudget budget) {
        List<BigFraction> rest = new ArrayList<>(dividend);
        BigFraction leading = divisor.get(divisor.size() - 1);
        while (rest.size() >= divisor.size()) {
            BigFraction factor = rest.get(rest.size() - 1).divide(leading);
            int shift = rest.size() - divisor.size();
            for (int i = 0; i < divisor.size(); i++) {
                budget.spend(
                        Fractions.bits(factor) + Fractions.bits(divisor.get(i)) + Fractions.bits(rest.get(shift + i)));
                rest.set(shift + i, rest.get(shift + i).subtract(factor.multiply(divisor.get(i))));
            }
            while (!rest.isEmpty() && rest.get(rest.size() - 1).isZero()) {
                rest.remove(rest.size() - 1);
            }
        }
        return rest;
    }
}
