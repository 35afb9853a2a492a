package org.espalier.grade.algebra;

/**
 * A complex number in double precision, with principal branches. What is real stays exactly real, and what is undefined
 * stays undefined. The C99 arithmetic of commons-numbers keeps to neither: there, 1/(1/0) is 0.
 */
public record Complex(double re, double im) {

    static final Complex ZERO = new Complex(0, 0);
    static final Complex ONE = new Complex(1, 0);
    static final Complex I = new Complex(0, 1);

    private static final int REPEATED_MULTIPLICATION = 32;

    static Complex real(double value) {
        return new Complex(value, 0);
    }

    public boolean isReal() {
        return im == 0;
    }

    public boolean isFinite() {
        return Double.isFinite(re) && Double.isFinite(im);
    }

    double abs() {
        return Math.hypot(re, im);
    }

    Complex plus(Complex other) {
        return new Complex(re + other.re, im + other.im);
    }

    Complex minus(Complex other) {
        return new Complex(re - other.re, im - other.im);
    }

    Complex times(Complex other) {
        if (isReal() && other.isReal()) {
            return real(re * other.re);
        }
        return new Complex(re * other.re - im * other.im, re * other.im + im * other.re);
    }

    Complex scale(double factor) {
        return new Complex(re * factor, im * factor);
    }

    Complex dividedBy(Complex other) {
        if (other.isReal()) {
            return new Complex(re / other.re, im / other.re);
        }
        double norm = other.re * other.re + other.im * other.im;
        return times(new Complex(other.re, -other.im)).scale(1 / norm);
    }

    Complex exp() {
        return isReal() ? real(Math.exp(re)) : new Complex(Math.exp(re) * Math.cos(im), Math.exp(re) * Math.sin(im));
    }

    Complex log() {
        return isReal() && re > 0 ? real(Math.log(re)) : new Complex(Math.log(abs()), Math.atan2(im, re));
    }

    Complex sqrt() {
        if (isReal()) {
            return re >= 0 ? real(Math.sqrt(re)) : new Complex(0, Math.sqrt(-re));
        }
        double size = abs();
        double real = Math.sqrt((size + re) / 2);
        return new Complex(real, Math.copySign(Math.sqrt((size - re) / 2), im));
    }

    Complex pow(Complex exponent) {
        if (exponent.isReal()) {
            double n = exponent.re;
            if (isReal() && (re > 0 || (re == 0 && n > 0) || (n == Math.rint(n) && re != 0))) {
                return real(Math.pow(re, n));
            }
            if (n == Math.rint(n) && Math.abs(n) <= REPEATED_MULTIPLICATION) {
                return whole((int) n);
            }
            if (n == 0.5) {
                return sqrt();
            }
        }
        return log().times(exponent).exp();
    }

    private Complex whole(int n) {
        Complex product = ONE;
        for (int i = 0; i < Math.abs(n); i++) {
            product = product.times(this);
        }
        return n < 0 ? ONE.dividedBy(product) : product;
    }

    Complex sin() {
        return isReal() ? real(Math.sin(re)) : new Complex(Math.sin(re) * Math.cosh(im), Math.cos(re) * Math.sinh(im));
    }

    Complex cos() {
        return isReal() ? real(Math.cos(re)) : new Complex(Math.cos(re) * Math.cosh(im), -Math.sin(re) * Math.sinh(im));
    }
}
