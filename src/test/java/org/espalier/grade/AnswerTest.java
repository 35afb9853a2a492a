package org.espalier.grade;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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

    @Test
    void equalsAnotherSpellingThatHasNoNormalForm() {
        Answer exact = Answer.parse("x + 1");
        Answer sampled = Answer.parse("e^{\\ln(x+1)}");
        assertThat(exact.canonicalKey()).isNotEqualTo(sampled.canonicalKey());
        assertThat(exact.equivalentTo(sampled)).isTrue();
        assertThat(sampled.equivalentTo(exact)).isTrue();
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

    @Test
    void parsesInMicroseconds() {
        String[] answers = {"\\frac{3\\sqrt{3}}{4}", "x^2+2x+1", "(3,4]", "1,000", "\\text{Evelyn}", "1 \\pm \\sqrt{19}"
        };
        long start = 0;
        for (int i = 0; i < 6_000; i++) {
            if (i == 3_000) {
                start = System.nanoTime();
            }
            assertThat(Answer.parse(answers[i % answers.length]).canonicalKey()).isNotEmpty();
        }
        assertThat((System.nanoTime() - start) / 3_000)
                .as("nanoseconds per answer")
                .isLessThan(1_000_000);
    }
}
