package org.espalier.grade;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class AnswerExtractorTest {

    static Stream<Arguments> stated() {
        return Stream.of(
                Arguments.of("So the answer is $\\boxed{42}$.", "42"),
                Arguments.of("\\boxed{\\frac{1}{2}}", "\\frac{1}{2}"),
                Arguments.of("first \\boxed{1}, then \\boxed{2}. The answer is 3.", "2"),
                Arguments.of("\\boxed 5", "5"),
                Arguments.of("is $\\boxed 5$ then", "5"),
                Arguments.of("\\fbox{7}", "7"),
                Arguments.of("\\boxed{\\{1,2\\}}", "\\{1,2\\}"),
                Arguments.of("\\boxed{x=\\boxed{5}}", "5"),
                Arguments.of("\\boxed{12} and then \\boxed{\\frac{1}{", "12"),
                Arguments.of("\\boxed{12} and then \\boxed{}", "12"),
                Arguments.of("The final answer is 7. I hope it is correct.", "7"),
                Arguments.of(
                        "Final Answer: The final answer is $\\frac{3}{4}$. I hope it is correct.", "$\\frac{3}{4}$"),
                Arguments.of("The final answer is: $12$", "12"),
                Arguments.of("Therefore, the answer is 3.5.", "3.5"),
                Arguments.of("the answer is 1,200 dollars.\nDone.", "1,200 dollars"),
                Arguments.of("The answer is $x = 5$ because it fits.", "x = 5"),
                Arguments.of("The answer is \\(\\sqrt{2}\\), as required.", "\\sqrt{2}"),
                Arguments.of("The answer is $1$ and $2$.", "$1$ and $2$"),
                Arguments.of("**Answer:** 18", "18"),
                Arguments.of("Answer: **18**\n", "18"),
                Arguments.of("The answer to the question is 9.", "9"),
                Arguments.of("The answer is 4. No wait, the answer is 5.", "5"),
                Arguments.of("She has 4 left.\n#### 18", "18"),
                Arguments.of("#### 1,000\n", "1,000"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("stated")
    void findsTheStatedAnswer(String completion, String answer) {
        assertThat(AnswerExtractor.extractStated(completion)).contains(answer);
        assertThat(AnswerExtractor.extract(completion)).contains(answer);
    }

    static Stream<Arguments> guessed() {
        return Stream.of(
                Arguments.of("She has 3 eggs, then 18 eggs", "18"),
                Arguments.of("It costs $1,234.50 in total", "1,234.50"),
                Arguments.of("so x is -4", "-4"),
                Arguments.of("cut off at \\boxed{12", "12"),
                Arguments.of("a list 1,2", "2"),
                Arguments.of("nearly .5", ".5"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("guessed")
    void guessesTheLastNumberOnlyWhenAsked(String completion, String answer) {
        assertThat(AnswerExtractor.extractStated(completion)).isEmpty();
        assertThat(AnswerExtractor.extract(completion)).contains(answer);
    }

    @Test
    void findsNothingWhereThereIsNothing() {
        assertThat(AnswerExtractor.extract("")).isEmpty();
        assertThat(AnswerExtractor.extract("no idea")).isEmpty();
        assertThat(AnswerExtractor.extract("\\boxed{}")).isEmpty();
        assertThat(AnswerExtractor.extract("the answer is ")).isEmpty();
        assertThat(AnswerExtractor.extractStated("The answer is\n\n")).isEmpty();
    }

    /** In linear time that is a moment; a quadratic scan of a megabyte would not come back. */
    @Timeout(300)
    @ParameterizedTest
    @ValueSource(
            strings = {
                "the answer is \\boxed{ $ 12 #### ",
                "\\boxed{",
                "{",
                "}",
                "answer is ",
                "Answer: ",
                "<answer>",
                "final answer is ",
                "$5 ",
                "$",
                "\\(",
                "1,000",
                "####",
                "```",
                "\n",
                "**",
                "Words and 12 numbers. "
            })
    void readsLongTexts(String piece) {
        String text = piece.repeat(1_000_000 / piece.length());
        AnswerExtractor.extract(text);
        assertThat(Answer.parse(text).canonicalKey()).isNotEmpty();
    }
}
