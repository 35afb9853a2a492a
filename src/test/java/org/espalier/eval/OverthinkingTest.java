package org.espalier.eval;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.espalier.model.Answer;
import org.espalier.model.Completion;
import org.junit.jupiter.api.Test;

class OverthinkingTest {
    private static int after(String text, int tokens, String answer) {
        Answer read = new Answer(answer, org.espalier.grade.Answer.parse(answer).canonicalKey(), true);
        return Overthinking.tokensAfterAnswer(
                new Completion(text, read, List.of(), Double.NaN, true, tokens, -1), read);
    }

    @Test
    void countsWhatComesAfterTheFirstLineWithTheAnswer() {
        String first = "3 + 4 = 7\n";
        String rest = "Let me check: 4 + 3.\nThe answer is 7";

        assertThat(after(first + rest, first.length() + rest.length(), "7")).isEqualTo(1 + rest.length());
        assertThat(after("3 + 4 = 7.0\nThe answer is 7", 27, "7"))
                .as("the same number")
                .isEqualTo(16);
    }

    @Test
    void nothingIfTheAnswerComesLast() {
        assertThat(after("3 + 4\nThe answer is 7", 20, "7")).isZero();
        assertThat(after("The answer is 7", 20, "7")).isZero();
        assertThat(after("", 0, "7")).isZero();
    }
}
