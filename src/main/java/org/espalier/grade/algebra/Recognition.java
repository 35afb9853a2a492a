package org.espalier.grade.algebra;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.commons.numbers.fraction.BigFraction;
import org.espalier.grade.algebra.Expr.Constant;
import org.espalier.grade.algebra.Expr.Num;
import org.espalier.grade.algebra.Expr.Power;
import org.espalier.grade.algebra.Expr.Product;

/**
 * Finds the simple exact form of a scalar that algebra alone does not reduce: {@code \arctan 1} is a quarter of pi,
 * {@code e^{\ln(x+1)}} is {@code x+1}. Numbers are recognised by their value in double precision, polynomials by their
 * values at whole points; both are checked far beyond what chance would give. Without it such an answer would vote
 * apart from those it equals.
 */
public final class Recognition {

    private static final int MAX_DENOMINATOR = 1000;
    private static final double MAX_NUMERATOR = 1e6;
    private static final double TOLERANCE = 4e-14;
    private static final double CHECK_TOLERANCE = 1e-11;
    private static final int MAX_VARIABLES = 3;
    private static final int FIRST_POINT = 3;
    private static final int[] POINTS = {0, 7, 6, 5};
    private static final double[] CHECKS = {1.37, 4.61, 2.93, 7.17};

    private Recognition() {}

    /** The normal form of a simple expression with the same value, if there is one. */
    public static Optional<RationalFunction> simplified(Expr expr, ArithmeticBudget budget) {
        List<String> variables = List.copyOf(expr.variables());
        if (variables.isEmpty()) {
            NormalForm form = new NormalForm(budget);
            return constant(NumericFingerprint.valueAt(expr, Map.of())).map(form::of);
        }
        if (variables.size() > MAX_VARIABLES || NumericFingerprint.hasAbsoluteVariable(expr)) {
            return Optional.empty();
        }
        return polynomial(expr, variables, 0, new HashMap<>(), budget).filter(found -> agrees(expr, found, variables));
    }

    private static Optional<Expr> constant(Complex value) {
        if (!value.isReal() || !value.isFinite()) {
            return Optional.empty();
        }
        double real = value.re();
        Optional<BigFraction> rational = rational(real, TOLERANCE);
        if (rational.isPresent()) {
            return Optional.of(new Num(rational.get()));
        }
        Optional<BigFraction> turns = rational(real / Math.PI, TOLERANCE);
        if (turns.isPresent()) {
            return Optional.of(new Product(List.of(new Num(turns.get()), Constant.PI)));
        }
        Num sign = new Num(BigFraction.of(real < 0 ? -1 : 1));
        return rational(real * real, TOLERANCE)
                .map(square -> new Product(List.of(sign, new Power(new Num(square), new Num(Fractions.HALF)))));
    }

    /** The fraction of small whole numbers next to a value, by continued fractions. */
    private static Optional<BigFraction> rational(double value, double tolerance) {
        if (!(Math.abs(value) <= MAX_NUMERATOR)) {
            return Optional.empty();
        }
        long p0 = 0;
        long q0 = 1;
        long p1 = 1;
        long q1 = 0;
        double rest = value;
        while (true) {
            long whole = (long) Math.floor(rest);
            long p = whole * p1 + p0;
            long q = whole * q1 + q0;
            if (q > MAX_DENOMINATOR || Math.abs(p) > MAX_NUMERATOR) {
                return Optional.empty();
            }
            if (Math.abs(value - (double) p / q) <= tolerance * Math.max(1, Math.abs(value))) {
                return Optional.of(BigFraction.of(p, q));
            }
            if (rest == whole) {
                return Optional.empty();
            }
            p0 = p1;
            q0 = q1;
            p1 = p;
            q1 = q;
            rest = 1 / (rest - whole);
        }
    }

    /** Newton's interpolation in the variables from {@code index} on, the others fixed. */
    private static Optional<RationalFunction> polynomial(
            Expr expr, List<String> variables, int index, Map<String, Double> fixed, ArithmeticBudget budget) {
        if (index == variables.size()) {
            Complex value = NumericFingerprint.valueAt(expr, fixed);
            return value.isReal() && value.isFinite()
                    ? rational(value.re(), CHECK_TOLERANCE).map(RationalFunction::of)
                    : Optional.empty();
        }
        String name = variables.get(index);
        List<RationalFunction> differences = new ArrayList<>();
        for (int i = 0; i < POINTS[variables.size()]; i++) {
            fixed.put(name, (double) FIRST_POINT + i);
            Optional<RationalFunction> value = polynomial(expr, variables, index + 1, fixed, budget);
            if (value.isEmpty()) {
                return value;
            }
            differences.add(value.get());
        }
        RationalFunction variable =
                RationalFunction.of(Monomial.of(new Generator(Generator.Kind.VARIABLE, name), BigFraction.ONE, budget));
        RationalFunction total = RationalFunction.ZERO;
        RationalFunction factor = RationalFunction.ONE;
        for (int k = 0; k < differences.size(); k++) {
            total = total.plus(differences.get(k).times(factor, budget), budget);
            factor = factor.times(variable.plus(RationalFunction.of(BigFraction.of(-FIRST_POINT - k)), budget), budget);
            RationalFunction step = RationalFunction.of(BigFraction.of(1, k + 1L));
            for (int i = differences.size() - 1; i > k; i--) {
                RationalFunction change =
                        differences.get(i).plus(differences.get(i - 1).negate(), budget);
                differences.set(i, change.times(step, budget));
            }
        }
        return Optional.of(total);
    }

    private static boolean agrees(Expr expr, RationalFunction found, List<String> variables) {
        for (double check : CHECKS) {
            Map<String, Double> point = new HashMap<>();
            for (int i = 0; i < variables.size(); i++) {
                point.put(variables.get(i), check + 0.73 * i * i);
            }
            Complex wanted = NumericFingerprint.valueAt(expr, point);
            Complex given = Complex.real(valueAt(found.numerator(), point));
            if (!(wanted.minus(given).abs() <= CHECK_TOLERANCE * 100 * Math.max(1, wanted.abs()))) {
                return false;
            }
        }
        return true;
    }

    private static double valueAt(Polynomial polynomial, Map<String, Double> point) {
        double total = 0;
        for (var term : polynomial.terms().entrySet()) {
            double product = term.getValue().doubleValue();
            for (Generator generator : polynomial.generators()) {
                BigFraction exponent = term.getKey().exponentOf(generator);
                product *= Math.pow(point.getOrDefault(generator.name(), Double.NaN), exponent.doubleValue());
            }
            total += product;
        }
        return total;
    }
}
