package org.espalier.grade.algebra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.SplittableRandom;
import org.apache.commons.numbers.fraction.BigFraction;
import org.espalier.grade.parse.Parser;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NormalFormTest {

    private static final long SEED = 20_261_122;

    private static String normalForm(String text) {
        return new NormalForm(new ArithmeticBudget(8_000))
                .of(Parser.parse(text))
                .canonicalText();
    }

    @ParameterizedTest
    @CsvSource({
        "6/4, 3/2",
        "sqrt(8), 2*2^(1/2)",
        "sqrt(72) + sqrt(2), 7*2^(1/2)",
        "1/(sqrt(2)+sqrt(3)), -2^(1/2)+3^(1/2)",
        "1/(1+i), -1/2*i+1/2",
        "(2+i)^2, 4*i+3",
        "sqrt(-4), 2*i",
        "(x^2-1)/(x-1), x+1",
        "(x^2-1)/(x^2+2x+1), (x-1)/(x+1)",
        "(a^2-b^2)/(a+b), a-b",
        "1/x + 1/x^2, x^(-1)+x^(-2)",
        "(sqrt(2)x+sqrt(2))/(x+1), 2^(1/2)",
        "sin(pi/12), 1/4*2^(1/2)*3^(1/2)-1/4*2^(1/2)",
        "e^(pi i), -1",
        "x - x, 0"
    })
    void isCanonical(String text, String expected) {
        assertThat(normalForm(text)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1/0",
                "0^{-1}",
                "sin 1",
                "2^x",
                "sqrt(1+pi)",
                "(a+b+c+d)^{60}",
                "9^{9^{9^9}}",
                "|x|",
                "\\frac{a}{a+b}"
            })
    void refusesWhatItCannotHold(String text) {
        assertThatThrownBy(() -> normalForm(text)).isInstanceOf(NotExactException.class);
    }

    /** Random arithmetic against an evaluator that does not parse. */
    @Test
    void agreesWithArithmetic() {
        SplittableRandom random = new SplittableRandom(SEED);
        for (int i = 0; i < 500; i++) {
            Sample sample = arithmetic(random, 4);
            assertThat(normalForm(sample.text))
                    .as("seed %d: %s", SEED, sample.text)
                    .isEqualTo(Fractions.text(sample.value));
        }
    }

    private record Sample(String text, BigFraction value) {}

    private static Sample arithmetic(SplittableRandom random, int depth) {
        if (depth == 0) {
            long n = random.nextLong(1, 30);
            return new Sample(String.valueOf(n), BigFraction.of(n));
        }
        Sample a = arithmetic(random, depth - 1);
        Sample b = arithmetic(random, random.nextInt(depth));
        return switch (random.nextInt(6)) {
            case 0 -> new Sample(a.text + " + " + b.text, a.value.add(b.value));
            case 1 -> new Sample(a.text + " - (" + b.text + ")", a.value.subtract(b.value));
            case 2 -> new Sample("(" + a.text + ") \\cdot (" + b.text + ")", a.value.multiply(b.value));
            case 3 -> new Sample("\\left(" + a.text + "\\right)^2", a.value.pow(2));
            case 4 ->
                b.value.isZero()
                        ? new Sample("-(" + a.text + ")", a.value.negate())
                        : new Sample("\\frac{" + a.text + "}{" + b.text + "}", a.value.divide(b.value));
            default -> b.value.isZero() ? a : new Sample("(" + a.text + ")/{" + b.text + "}", a.value.divide(b.value));
        };
    }

    /** Random factored polynomials against their expanded coefficients. */
    @Test
    void expandsProductsOfLinearFactors() {
        SplittableRandom random = new SplittableRandom(SEED);
        for (int i = 0; i < 100; i++) {
            long[] coefficients = {1};
            StringBuilder factored = new StringBuilder();
            for (int k = random.nextInt(1, 7); k > 0; k--) {
                long slope = random.nextLong(1, 6);
                long constant = random.nextLong(-9, 10);
                factored.append('(')
                        .append(slope)
                        .append("x + ")
                        .append(constant)
                        .append(')');
                coefficients = times(coefficients, slope, constant);
            }
            StringBuilder expanded = new StringBuilder("0");
            for (int power = 0; power < coefficients.length; power++) {
                expanded.append(" + ")
                        .append(coefficients[power])
                        .append(" x^{")
                        .append(power)
                        .append('}');
            }
            assertThat(normalForm(factored.toString())).isEqualTo(normalForm(expanded.toString()));
            assertThat(normalForm(factored + "+1")).isNotEqualTo(normalForm(expanded.toString()));
        }
    }

    private static long[] times(long[] coefficients, long slope, long constant) {
        long[] product = new long[coefficients.length + 1];
        for (int i = 0; i < coefficients.length; i++) {
            product[i] += constant * coefficients[i];
            product[i + 1] += slope * coefficients[i];
        }
        return product;
    }
}
