package org.espalier.grade.algebra;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
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
 * Numeric values of a scalar at fixed pseudo-random points, for the expressions that have no exact normal form. A
 * variable's value depends on its name and the sample only, so two spellings of one expression see the same points.
 * Variables are positive; an absolute value of a variable is marked, or {@code |x|} would look like {@code x}.
 */
public final class NumericFingerprint {

    private static final long SEED = 0x657370616c696572L;
    private static final long FNV_PRIME = 0x100000001b3L;
    private static final int SAMPLES = 3;
    private static final MathContext PRECISION = new MathContext(9);
    private static final double NEGLIGIBLE = 1e-11;
    private static final double NEGLIGIBLE_RESULT = 1e-14;

    private final int sample;
    private final Map<String, Double> values;

    private NumericFingerprint(int sample, Map<String, Double> values) {
        this.sample = sample;
        this.values = values;
    }

    /** The value where the variables have these values. */
    public static Complex valueAt(Expr expr, Map<String, Double> variables) {
        return new NumericFingerprint(0, variables).evaluate(expr);
    }

    /**
     * The distinct rounded values of the expression at the sample points, so that a constant has one; empty if one of
     * them is not finite.
     */
    public static Optional<String> fingerprint(Expr expr) {
        Set<String> values = new LinkedHashSet<>();
        int samples = expr.isConstant() ? 1 : SAMPLES;
        for (int i = 0; i < samples; i++) {
            Complex value = new NumericFingerprint(i, Map.of()).evaluate(expr);
            if (!value.isFinite()) {
                return Optional.empty();
            }
            values.add(rounded(value));
        }
        return Optional.of((hasAbsoluteVariable(expr) ? "abs~" : "~") + String.join("~", values));
    }

    static boolean hasAbsoluteVariable(Expr expr) {
        if (expr instanceof Call call && call.function() == NamedFunction.ABS && !expr.isConstant()) {
            return true;
        }
        return expr.children().stream().anyMatch(NumericFingerprint::hasAbsoluteVariable);
    }

    private static String rounded(Complex value) {
        double negligible = NEGLIGIBLE * value.abs();
        String re = rounded(value.re(), negligible);
        String im = rounded(value.im(), negligible);
        return im.equals("0") ? re : re + "," + im + "i";
    }

    private static String rounded(double value, double negligible) {
        return Math.abs(value) <= negligible
                ? "0"
                : new BigDecimal(value).round(PRECISION).stripTrailingZeros().toString();
    }

    private Complex evaluate(Expr expr) {
        if (expr instanceof Num num) {
            return Complex.real(num.value().doubleValue());
        }
        if (expr instanceof Sym sym) {
            return Complex.real(values.getOrDefault(sym.name(), valueOf(sym.name())));
        }
        if (expr instanceof Constant constant) {
            return switch (constant) {
                case PI -> Complex.real(Math.PI);
                case E -> Complex.real(Math.E);
                case I -> Complex.I;
                case INFINITY -> Complex.real(Double.NaN);
            };
        }
        if (expr instanceof Sum sum) {
            return sum(evaluateAll(sum));
        }
        if (expr instanceof Product product) {
            return evaluateAll(product).stream().reduce(Complex.ONE, Complex::times);
        }
        if (expr instanceof Quotient quotient) {
            return evaluate(quotient.numerator()).dividedBy(evaluate(quotient.denominator()));
        }
        if (expr instanceof Power power) {
            return power(power);
        }
        if (expr instanceof Degrees degrees) {
            return evaluate(degrees.measure());
        }
        if (expr instanceof Percent percent) {
            return evaluate(percent.measure());
        }
        if (expr instanceof Call call) {
            Complex value = NumericFunctions.evaluate(call.function(), evaluateAll(call));
            return value.abs() <= NEGLIGIBLE_RESULT ? Complex.ZERO : value;
        }
        return Complex.real(Double.NaN);
    }

    /** A sum that cancels to rounding noise is zero. */
    private static Complex sum(List<Complex> addends) {
        Complex total = addends.stream().reduce(Complex.ZERO, Complex::plus);
        double largest = addends.stream().mapToDouble(Complex::abs).max().orElse(0);
        return total.abs() <= NEGLIGIBLE * largest && largest <= Double.MAX_VALUE ? Complex.ZERO : total;
    }

    private List<Complex> evaluateAll(Expr parent) {
        List<Complex> values = new ArrayList<>();
        for (Expr child : parent.children()) {
            values.add(evaluate(child));
        }
        return values;
    }

    private Complex power(Power power) {
        Complex base = evaluate(power.base());
        Complex exponent = evaluate(power.exponent());
        Optional<BigFraction> root = rationalExponent(power.exponent());
        boolean realRoot = root.isPresent()
                && !Fractions.isInteger(root.get())
                && Fractions.denominator(root.get()).testBit(0)
                && base.isReal()
                && base.re() < 0;
        if (realRoot) {
            double size = Math.pow(-base.re(), exponent.re());
            return Complex.real(Fractions.numerator(root.get()).testBit(0) ? -size : size);
        }
        return base.pow(exponent);
    }

    private static Optional<BigFraction> rationalExponent(Expr exponent) {
        if (exponent instanceof Num num) {
            return Optional.of(num.value());
        }
        if (exponent instanceof Quotient quotient
                && quotient.numerator() instanceof Num top
                && quotient.denominator() instanceof Num bottom
                && !bottom.value().isZero()) {
            return Optional.of(top.value().divide(bottom.value()));
        }
        return Optional.empty();
    }

    private double valueOf(String variable) {
        long hash = SEED + sample;
        for (int i = 0; i < variable.length(); i++) {
            hash = (hash ^ variable.charAt(i)) * FNV_PRIME;
        }
        return new SplittableRandom(hash).nextDouble(0.6, 2.4);
    }
}
