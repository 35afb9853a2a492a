package org.espalier.grade.algebra;

import java.util.List;
import org.apache.commons.numbers.gamma.Gamma;

/** Functions in double precision; outside the domain they handle, the value is not a number. */
final class NumericFunctions {

    private NumericFunctions() {}

    static Complex evaluate(NamedFunction function, List<Complex> arguments) {
        Complex z = arguments.get(0);
        return switch (function) {
            case SIN -> z.sin();
            case COS -> z.cos();
            case TAN -> z.sin().dividedBy(z.cos());
            case COT -> z.cos().dividedBy(z.sin());
            case SEC -> Complex.ONE.dividedBy(z.cos());
            case CSC -> Complex.ONE.dividedBy(z.sin());
            case ARCSIN -> real(z, Math.asin(z.re()));
            case ARCCOS -> real(z, Math.acos(z.re()));
            case ARCTAN -> real(z, Math.atan(z.re()));
            case SINH -> z.exp().minus(z.scale(-1).exp()).scale(0.5);
            case COSH -> z.exp().plus(z.scale(-1).exp()).scale(0.5);
            case TANH -> real(z, Math.tanh(z.re()));
            case EXP -> z.exp();
            case LN -> z.log();
            case LOG -> arguments.get(1).log().dividedBy(z.log());
            case ABS -> Complex.real(z.abs());
            case FLOOR -> real(z, Math.floor(z.re()));
            case CEILING -> real(z, Math.ceil(z.re()));
            case FACTORIAL -> real(z, factorial(z.re()));
            case BINOMIAL -> real(z, binomial(z.re(), arguments.get(1)));
        };
    }

    private static Complex real(Complex argument, double value) {
        return Complex.real(argument.isReal() ? value : Double.NaN);
    }

    private static double binomial(double n, Complex k) {
        return k.isReal() ? factorial(n) / (factorial(k.re()) * factorial(n - k.re())) : Double.NaN;
    }

    /** Too large a value is not a number: as infinity, its reciprocal would be zero. */
    private static double factorial(double x) {
        double value = Gamma.value(x + 1);
        return Double.isInfinite(value) ? Double.NaN : value;
    }
}
