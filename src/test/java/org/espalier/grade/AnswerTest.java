package org.espalier.grade;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AnswerTest {

    /** Keys are stored in run records: a change here changes how old votes group. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\\frac{6}{8}|3/4",
                "1,000|1000",
                "2\\sqrt{8}|4*2^(1/2)",
                "(x+1)^2|x^(2)+2*x+1",
                "2, 1|{1,2}",
                "[0, \\infty)|[0,infinity)",
                "y = 2x + 3|EQUAL:x-1/2*y+3/2",
                "52_8|base8:52",
                "\\text{(C)}|C",
                "\\text{Evelyn}|text:evelyn",
                "6:30|text:6:30",
                "what is @ this|text:whatis@this",
            })
    void hasAStableKey(String text, String key) {
        Answer answer = Answer.parse(text);
        assertThat(answer.canonicalKey()).isEqualTo(key);
        assertThat(answer.text()).isEqualTo(text);
        assertThat(answer).hasToString(text);
    }

    /** Spellings that algebra alone does not reduce vote with the plain one. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "e^{\\ln(x+1)}|x+1",
                "e^{\\ln a + \\ln b}|a*b",
                "\\frac{(n+2)!}{n!}|n^(2)+3*n+2",
                "\\arctan 1|1/4*pi",
                "\\sin(\\arcsin\\frac13)|1/3",
                "\\tan 100^\\circ + 4 \\sin 100^\\circ|-3^(1/2)"
            })
    void votesWithThePlainSpelling(String text, String key) {
        assertThat(Answer.parse(text).canonicalKey()).isEqualTo(key);
        assertThat(Answer.parse(text).equivalentTo(Answer.parse(key.replace("^(2)", "^2"))))
                .isTrue();
    }

    @Test
    void samplesInsideShapes() {
        assertThat(Answer.parse("(\\sin^2 x + \\cos^2 x, 2)").equivalentTo(Answer.parse("(1,2)")))
                .isTrue();
        assertThat(Answer.parse("(\\sin^2 x, 2)").equivalentTo(Answer.parse("(1,2)")))
                .isFalse();
    }

    @Test
    void blankAnswersEqualOnlyBlankOnes() {
        assertThat(Answer.parse(" ").equivalentTo(Answer.parse(""))).isTrue();
        assertThat(Answer.parse("").equivalentTo(Answer.parse("5"))).isFalse();
    }

    /** Recursion stays shallow and nothing escapes, whatever the length and the depth. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{",
                "}",
                "(",
                "[",
                "\\{",
                "\\left(",
                "$",
                "\\text{",
                "\\frac{1}{",
                "**",
                "```",
                "\\boxed{",
                "-",
                "9",
                "x",
                "é"
            })
    void longAnswersAreText(String piece) {
        String deep = piece.repeat(100_000);
        assertThat(Answer.parse(deep + "5" + deep).canonicalKey()).startsWith("text:");
        assertThat(Answer.parse(deep).equivalentTo(Answer.parse(deep))).isTrue();
        AnswerExtractor.extract("The answer is " + deep);
        AnswerExtractor.extract(deep + "\\boxed{" + deep + "}");
    }
}
