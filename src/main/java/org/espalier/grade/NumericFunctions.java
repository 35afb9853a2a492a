package org.espalier.grade;

import java.util.List;

/** Functions in double precision; outside the domain they handle, the value is not a number. */
final class NumericFunctions {

    private static final double[] LANCZOS = {
        0.9999999999998099,
        676.5203681218851,
        -1259.1392167224028,
        771.3234287776531,
        -176.6150291621406,
        12.507343278686905,
        -0.13857109526572012,
        9.984369578019572e-6,
        1.5056327351493116e-7
    };
    private static final double LANCZOS_SHIFT = 7;

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

    /** The gamma function at {@code x + 1}, by Lanczos' approximation (g = 7, n = 9). */
    private static double factorial(double x) {
        if (x < -0.5) {
            return Math.PI / (Math.sin(Math.PI * (x + 1)) * factorial(-x - 1));
        }
        double sum = LANCZOS[0];
        for (int i = 1; i < LANCZOS.length; i++) {
            sum += LANCZOS[i] / (x + i);
        }
        double t = x + LANCZOS_SHIFT + 0.5;
        return Math.sqrt(2 * Math.PI) * Math.pow(t, x + 0.5) * Math.exp(-t) * sum;
    }
}
