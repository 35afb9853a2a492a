package org.espalier.grade;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Garbage in, an answer out: nothing throws and nothing hangs. The seed of a failure is in its message. */
class AnswerFuzzTest {

    private static final int INPUTS = 10_000;
    private static final long SEED = 20_261_129;

    private static final String[] PIECES =
            ("\\frac \\dfrac \\sqrt \\sqrt[3] { } ( ) [ ] \\{ \\} \\left( \\right] \\left. , ; : . + - * / ^ _ = < "
                            + "\\le \\in \\cup \\pm \\mp ! | ' & \\\\ $ % \\% \\$ # ~ \\, \\! {,} 0 1 2 3 7 9 10 12 000 "
                            + "1,000 0.5 .25 1e9 999999999999 x y z n a b e i \\pi \\theta \\infty \\circ ^\\circ \\text{ "
                            + "\\text{cm} \\text{and} \\mathrm{ \\mathbf{i} \\begin{pmatrix} \\end{pmatrix} "
                            + "\\begin{array}{cc} \\end{array} \\begin{cases} \\binom \\choose \\overline \\sin \\cos "
                            + "\\log \\log_ \\ln \\exp sin sqrt pi and or east miles \\boxed{ \\foo \\ \u00b0 \u221a \u20ac "
                            + "\u4e2d \ud83d\ude00 \\lfloor \\rfloor \\emptyset <= != ** \t \n")
                    .split(" ");

    @Test
    void randomLatexNeitherThrowsNorHangs() {
        long seed = Long.getLong("espalier.fuzz.seed", SEED);
        System.out.println("AnswerFuzzTest seed " + seed);
        SplittableRandom random = new SplittableRandom(seed);
        Answer previous = Answer.parse("1");
        for (int i = 0; i < INPUTS; i++) {
            String input = garbage(random);
            Answer answer = parse(input, seed);
            boolean forward = answer.equivalentTo(previous);
            assertThat(previous.equivalentTo(answer))
                    .as("symmetry, seed %d: %s", seed, input)
                    .isEqualTo(forward);
            AnswerExtractor.extract(input);
            previous = answer;
        }
    }

    private static Answer parse(String input, long seed) {
        try {
            Answer answer = Answer.parse(input);
            assertThat(answer.canonicalKey()).isEqualTo(Answer.parse(input).canonicalKey());
            return answer;
        } catch (RuntimeException | StackOverflowError e) {
            throw new AssertionError("seed " + seed + ", input: " + input, e);
        }
    }

    private static String garbage(SplittableRandom random) {
        StringBuilder text = new StringBuilder();
        int pieces = 1 + random.nextInt(random.nextInt(40) + 1);
        for (int i = 0; i < pieces; i++) {
            text.append(PIECES[random.nextInt(PIECES.length)]);
            if (random.nextInt(3) == 0) {
                text.append(' ');
            }
        }
        return text.toString();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "9^{9^{9^9}}",
                "9^{9^{9^{9^{9^9}}}}",
                "(9^{9^9})!",
                "2^{-99999999999}",
                "0^{-1}",
                "0^0",
                "\\frac{0}{0}",
                "\\frac{1}{\\sqrt{2}-\\sqrt{2}}",
                "((((((5!)!)!)!)!)!)!",
                "5!!!!!!!!!!!!!!!!!!!!!!!!!!!!",
                "(a+b+c+d+e+f+g+h)^{60}",
                "(x+1)^{64}(x-1)^{64}",
                "(1+\\sqrt2+\\sqrt3+\\sqrt5+\\sqrt7+\\sqrt{11}+\\sqrt{13})^{50}",
                "\\frac{1}{1+\\sqrt2+\\sqrt3+\\sqrt5+\\sqrt7+\\sqrt{11}+\\sqrt{13}+\\sqrt{17}}",
                "\\frac{x^{200}-1}{x^{199}+x^{2}+1}",
                "\\sqrt{10^{300}+1}",
                "\\sqrt[999999]{2}",
                "\\sqrt[0]{2}",
                "\\binom{1000000000}{500000000}",
                "\\log_{1}{5}",
                "\\log_0 0",
                "1e999",
                "1e-999",
                "x^{1e99}",
                "e^{e^{e^{e^{e^e}}}}",
                "\\pm\\pm\\pm\\pm\\pm\\pm\\pm\\pm 1",
                "0.\\overline{999999999999999999999999999}",
                "\\begin{pmatrix}",
                "\\begin{pmatrix}\\end{pmatrix}",
                "\\end{pmatrix}",
                "\\begin{array}",
                "\\text",
                "\\",
                "\\sqrt",
                "\\frac",
                "_",
                "^",
                "^{",
                "_{",
                "{",
                "}",
                "|",
                "||",
                "''",
                "x_",
                "5_",
                "\\{",
                "$$",
                "****",
                "\u0000\u0001",
                "\ud800"
            })
    void pathologicalInputsReturn(String input) {
        assertThatCode(() -> Answer.parse(input).equivalentTo(Answer.parse("\\sin 1 + x")))
                .doesNotThrowAnyException();
    }

    @Test
    void deepAndLongInputsReturn() {
        for (String piece : new String[] {
            "(",
            "{",
            "[",
            "\\{",
            "-",
            "+",
            "1+",
            "x^",
            "2^",
            "\\frac",
            "\\sqrt{",
            "\\sin ",
            "|",
            "1,",
            "x=",
            "9!",
            "(x+1)",
            "\\frac{1}{x+",
            "\\text{",
            "\\text{1",
            "1/",
            "x'",
            "a_",
            "\\begin{pmatrix}",
            "1<",
            "\\cup ",
            "9",
            "1:",
            "{5 \\choose "
        }) {
            for (int length : new int[] {10, 60, 500, 100_000}) {
                String input = piece.repeat(Math.max(1, length / piece.length()));
                assertThatCode(() -> Answer.parse(input)).as(piece).doesNotThrowAnyException();
                assertThatCode(() -> Answer.parse(input + "1" + ")".repeat(length)))
                        .as(piece)
                        .doesNotThrowAnyException();
            }
        }
    }
}
