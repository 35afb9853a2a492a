package org.espalier.grade.algebra;

import java.util.Optional;
import org.apache.commons.numbers.fraction.BigFraction;
import org.espalier.grade.algebra.Expr.Call;
import org.espalier.grade.algebra.Expr.Constant;
import org.espalier.grade.algebra.Expr.Degrees;
import org.espalier.grade.algebra.Expr.Num;
import org.espalier.grade.algebra.Expr.Percent;
import org.espalier.grade.algebra.Expr.Power;
import org.espalier.grade.algebra.Expr.Product;
import org.espalier.grade.algebra.Expr.Quotient;
import org.espalier.grade.algebra.Expr.Sum;
import org.espalier.grade.algebra.Expr.Sym;

/**
 * Exact evaluation of a scalar to a reduced quotient of polynomials over roots of rationals, {@code i}, pi, e and the
 * variables. Variables count as positive under a root, as the reference answers read them.
 */
public final class NormalForm {

    private static final int MAX_POWER = 64;
    private static final Generator INFINITY = new Generator(Generator.Kind.VARIABLE, "infinity");

    private final ArithmeticBudget budget;

    public NormalForm(ArithmeticBudget budget) {
        this.budget = budget;
    }

    /** @throws NotExactException if the expression has no exact normal form, or none within the bounds */
    public RationalFunction of(Expr expr) {
        if (expr instanceof Num num) {
            return RationalFunction.of(num.value());
        }
        if (expr instanceof Sym sym) {
            return generator(new Generator(Generator.Kind.VARIABLE, sym.name()));
        }
        if (expr instanceof Constant constant) {
            return constant(constant);
        }
        if (expr instanceof Sum sum) {
            RationalFunction total = RationalFunction.ZERO;
            for (Expr child : sum.children()) {
                total = total.plus(of(child), budget);
            }
            return total;
        }
        if (expr instanceof Product product) {
            RationalFunction total = RationalFunction.ONE;
            for (Expr child : product.children()) {
                total = total.times(of(child), budget);
            }
            return total;
        }
        if (expr instanceof Quotient quotient) {
            return of(quotient.numerator()).dividedBy(of(quotient.denominator()), budget);
        }
        if (expr instanceof Power power) {
            return power(power);
        }
        if (expr instanceof Degrees degrees) {
            return of(degrees.measure());
        }
        if (expr instanceof Percent percent) {
            return of(percent.measure());
        }
        if (expr instanceof Call call) {
            return ExactFunctions.evaluate(call, this, budget);
        }
        throw new NotExactException("not a scalar");
    }

    private RationalFunction constant(Constant constant) {
        return switch (constant) {
            case PI -> generator(Generator.PI);
            case E -> generator(Generator.E);
            case I -> generator(Generator.I);
            case INFINITY -> generator(INFINITY);
        };
    }

    private RationalFunction generator(Generator generator) {
        return RationalFunction.of(Monomial.of(generator, BigFraction.ONE, budget));
    }

    private RationalFunction power(Power power) {
        RationalFunction exponentForm = of(power.exponent());
        if (power.base() == Constant.E) {
            Optional<BigFraction> turn = ExactFunctions.multipleOf(exponentForm, Generator.PI, Generator.I, budget);
            if (turn.isPresent()) {
                RationalFunction sine = ExactFunctions.sine(turn.get(), budget);
                return ExactFunctions.cosine(turn.get(), budget).plus(sine.times(constant(Constant.I), budget), budget);
            }
        }
        BigFraction exponent =
                exponentForm.asRational().orElseThrow(() -> new NotExactException("a symbolic exponent"));
        RationalFunction base = of(power.base());
        return Fractions.isInteger(exponent) ? integerPower(base, exponent) : root(base, exponent);
    }

    private RationalFunction integerPower(RationalFunction base, BigFraction exponent) {
        Optional<Term> term = base.asTerm();
        if (term.isPresent()) {
            BigFraction coefficient = budget.pow(term.get().coefficient(), exponent);
            Term monomial = term.get().monomial().pow(exponent, budget);
            budget.spend(Fractions.bits(coefficient) + Fractions.bits(monomial.coefficient()));
            return RationalFunction.of(new Term(coefficient.multiply(monomial.coefficient()), monomial.monomial()));
        }
        if (exponent.abs().compareTo(BigFraction.of(MAX_POWER)) > 0) {
            throw new NotExactException("exponent " + exponent);
        }
        return base.pow(Fractions.numerator(exponent).intValueExact(), budget);
    }

    /** {@code base} to a power that is not whole; the odd root of a negative number is the real one. */
    private RationalFunction root(RationalFunction base, BigFraction exponent) {
        Optional<Term> term = base.asTerm();
        if (term.isPresent()) {
            return RationalFunction.of(root(term.get(), exponent));
        }
        if (base.numerator().isZero() && exponent.signum() > 0) {
            return RationalFunction.ZERO;
        }
        BigFraction halves = exponent.multiply(BigFraction.of(2));
        if (base.isPolynomial() && Fractions.isInteger(halves)) {
            RationalFunction root = Radicals.denest(base.numerator(), budget)
                    .map(RationalFunction::of)
                    .orElseThrow(() -> new NotExactException("a root of a sum"));
            return integerPower(root, halves);
        }
        throw new NotExactException("a root of a sum");
    }

    private Term root(Term base, BigFraction exponent) {
        BigFraction size = base.coefficient().abs();
        Term result =
                Radicals.power(size, exponent, budget).times(base.monomial().pow(exponent, budget), budget);
        if (base.coefficient().signum() > 0) {
            return result;
        }
        boolean oddNumerator = Fractions.numerator(exponent).testBit(0);
        if (Fractions.denominator(exponent).testBit(0)) {
            return oddNumerator ? new Term(result.coefficient().negate(), result.monomial()) : result;
        }
        BigFraction halves = exponent.multiply(BigFraction.of(2));
        if (!Fractions.isInteger(halves)) {
            throw new NotExactException("a complex root");
        }
        return result.times(Monomial.of(Generator.I, halves, budget), budget);
    }
}
