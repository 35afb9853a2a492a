package org.espalier.grade.algebra;

import java.math.BigInteger;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import org.apache.commons.numbers.fraction.BigFraction;
import org.espalier.grade.algebra.Expr.Call;

/** Exact values of functions at the arguments where they have one in the normal form's number field. */
final class ExactFunctions {

    private static final int MAX_FACTORIAL = 500;

    private ExactFunctions() {}

    /** @throws NotExactException if the value is not one the normal form can hold */
    static RationalFunction evaluate(Call call, NormalForm form, ArithmeticBudget budget) {
        List<RationalFunction> arguments =
                call.children().stream().map(form::of).toList();
        RationalFunction first = arguments.get(0);
        return switch (call.function()) {
            case SIN -> sine(halfTurns(first, budget), budget);
            case COS -> cosine(halfTurns(first, budget), budget);
            case TAN ->
                sine(halfTurns(first, budget), budget).dividedBy(cosine(halfTurns(first, budget), budget), budget);
            case COT ->
                cosine(halfTurns(first, budget), budget).dividedBy(sine(halfTurns(first, budget), budget), budget);
            case SEC -> RationalFunction.ONE.dividedBy(cosine(halfTurns(first, budget), budget), budget);
            case CSC -> RationalFunction.ONE.dividedBy(sine(halfTurns(first, budget), budget), budget);
            case LN -> naturalLogarithm(first);
            case LOG -> logarithm(rational(first), rational(arguments.get(1)), budget);
            case ABS -> RationalFunction.of(rational(first).abs());
            case FLOOR -> RationalFunction.of(BigFraction.of(Fractions.floor(rational(first))));
            case CEILING ->
                RationalFunction.of(
                        BigFraction.of(Fractions.floor(rational(first).negate()))
                                .negate());
            case FACTORIAL -> RationalFunction.of(factorial(smallNatural(first), budget));
            case BINOMIAL -> RationalFunction.of(binomial(smallNatural(first), smallNatural(arguments.get(1)), budget));
            default -> throw new NotExactException(call.function().name());
        };
    }

    /** The sine of {@code halfTurns} times pi, for multiples of a twelfth. */
    static RationalFunction sine(BigFraction halfTurns, ArithmeticBudget budget) {
        BigFraction tenths = halfTurns.multiply(BigFraction.of(10));
        if (Fractions.isInteger(tenths)
                && Fractions.numerator(tenths).testBit(0)
                && !halfTurns.equals(Fractions.HALF)) {
            return sineOfTenths(
                    Fractions.numerator(tenths).mod(BigInteger.valueOf(20)).intValue(), budget);
        }
        BigFraction twelfths = halfTurns.multiply(BigFraction.of(12));
        if (!Fractions.isInteger(twelfths)) {
            throw new NotExactException("a sine without square roots");
        }
        int step = Fractions.numerator(twelfths).mod(BigInteger.valueOf(24)).intValue();
        boolean negative = step >= 12;
        int firstHalf = step % 12;
        Polynomial value = firstQuadrantSine(Math.min(firstHalf, 12 - firstHalf), budget);
        return RationalFunction.of(negative ? value.negate() : value);
    }

    /** Odd multiples of 18 degrees, whose sines need the square root of five alone. */
    private static RationalFunction sineOfTenths(int step, ArithmeticBudget budget) {
        int firstHalf = step % 10;
        int quadrant = Math.min(firstHalf, 10 - firstHalf);
        Polynomial root = root(5, BigFraction.of(1, 4), budget);
        Polynomial quarter = Polynomial.of(BigFraction.of(1, 4));
        Polynomial value = switch (quadrant) {
            case 1 -> root.minus(quarter);
            case 3 -> root.plus(quarter);
            default -> Polynomial.ONE;
        };
        return RationalFunction.of(step >= 10 ? value.negate() : value);
    }

    static RationalFunction cosine(BigFraction halfTurns, ArithmeticBudget budget) {
        return sine(halfTurns.add(Fractions.HALF), budget);
    }

    private static Polynomial firstQuadrantSine(int twelfths, ArithmeticBudget budget) {
        BigFraction quarter = BigFraction.of(1, 4);
        return switch (twelfths) {
            case 0 -> Polynomial.ZERO;
            case 1 -> root(6, quarter, budget).minus(root(2, quarter, budget));
            case 2 -> Polynomial.of(Fractions.HALF);
            case 3 -> root(2, Fractions.HALF, budget);
            case 4 -> root(3, Fractions.HALF, budget);
            case 5 -> root(6, quarter, budget).plus(root(2, quarter, budget));
            default -> Polynomial.ONE;
        };
    }

    private static Polynomial root(long radicand, BigFraction factor, ArithmeticBudget budget) {
        Term root = Radicals.power(BigFraction.of(radicand), Fractions.HALF, budget);
        return Polynomial.of(new Term(root.coefficient().multiply(factor), root.monomial()));
    }

    private static BigFraction halfTurns(RationalFunction angle, ArithmeticBudget budget) {
        if (angle.numerator().isZero()) {
            return BigFraction.ZERO;
        }
        return multipleOf(angle, Generator.PI, Generator.PI, budget)
                .orElseThrow(() -> new NotExactException("an angle that is no multiple of pi"));
    }

    /** The rational {@code r} with {@code value = r * a * b} (or {@code r * a}, when both are the same generator). */
    static Optional<BigFraction> multipleOf(RationalFunction value, Generator a, Generator b, ArithmeticBudget budget) {
        Term unit = Monomial.of(a, BigFraction.ONE, budget);
        if (!a.equals(b)) {
            unit = unit.times(Monomial.of(b, BigFraction.ONE, budget), budget);
        }
        Monomial wanted = unit.monomial();
        return value.asTerm().filter(term -> term.monomial().equals(wanted)).map(Term::coefficient);
    }

    private static RationalFunction naturalLogarithm(RationalFunction operand) {
        Term term = operand.asTerm().orElseThrow(() -> new NotExactException("a logarithm"));
        BigFraction exponent = term.monomial().exponentOf(Generator.E);
        boolean powerOfE = term.coefficient().equals(BigFraction.ONE)
                && term.monomial()
                        .only(generator -> !generator.equals(Generator.E))
                        .isOne();
        if (!powerOfE) {
            throw new NotExactException("a logarithm");
        }
        return RationalFunction.of(exponent);
    }

    private static RationalFunction logarithm(BigFraction base, BigFraction operand, ArithmeticBudget budget) {
        if (base.signum() <= 0 || operand.signum() <= 0 || base.equals(BigFraction.ONE)) {
            throw new NotExactException("a logarithm");
        }
        if (operand.equals(BigFraction.ONE)) {
            return RationalFunction.ZERO;
        }
        SortedMap<BigInteger, Integer> below = Radicals.factor(base, budget);
        SortedMap<BigInteger, Integer> above = Radicals.factor(operand, budget);
        if (!below.keySet().equals(above.keySet())) {
            throw new NotExactException("an irrational logarithm");
        }
        BigInteger first = below.firstKey();
        BigFraction ratio = BigFraction.of(above.getOrDefault(first, 0), below.getOrDefault(first, 1));
        boolean proportional = below.entrySet().stream()
                .allMatch(factor -> ratio.multiply(BigFraction.of(factor.getValue()))
                        .equals(BigFraction.of(above.getOrDefault(factor.getKey(), 0))));
        if (!proportional) {
            throw new NotExactException("an irrational logarithm");
        }
        return RationalFunction.of(ratio);
    }

    private static BigFraction rational(RationalFunction value) {
        return value.asRational().orElseThrow(() -> new NotExactException("an irrational argument"));
    }

    private static int smallNatural(RationalFunction value) {
        BigFraction number = rational(value);
        if (!Fractions.isInteger(number)
                || number.signum() < 0
                || number.compareTo(BigFraction.of(MAX_FACTORIAL)) > 0) {
            throw new NotExactException("a factorial of " + Fractions.bits(number) + " bits");
        }
        return Fractions.numerator(number).intValueExact();
    }

    private static BigFraction factorial(int n, ArithmeticBudget budget) {
        BigInteger product = BigInteger.ONE;
        for (int i = 2; i <= n; i++) {
            budget.spend(product.bitLength());
            product = product.multiply(BigInteger.valueOf(i));
        }
        return BigFraction.of(product);
    }

    private static BigFraction binomial(int n, int k, ArithmeticBudget budget) {
        if (k > n) {
            return BigFraction.ZERO;
        }
        BigInteger result = BigInteger.ONE;
        for (int i = 1; i <= Math.min(k, n - k); i++) {
            budget.spend(result.bitLength());
            result = result.multiply(BigInteger.valueOf(n - i + 1L)).divide(BigInteger.valueOf(i));
        }
        return BigFraction.of(result);
    }
}
