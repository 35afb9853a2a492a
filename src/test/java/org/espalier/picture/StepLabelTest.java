package org.espalier.picture;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StepLabelTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "## Step 1: Multiply by 7: 12 * 7 = 84|12 × 7 = 84",
                "## Step 2: Count the clips of May|Count the clips of May",
                "Therefore, the final answer is: $\\boxed{79}$. I hope so.|Therefore, the final answer is: 79. I hope so.",
                "She has: apples and pears|She has: apples and pears",
                "**Half**: $\\frac{1}{2} \\times 48 = 24$|1/2 × 48 = 24",
                "2*3=6|2×3=6",
                "a * b|a * b",
                "''|''",
            })
    void aStepInAFewWords(String step, String label) {
        assertThat(StepLabel.of(step + "\n\n")).isEqualTo(label);
    }

    @ParameterizedTest
    @CsvSource({"7, 7", "$\\frac{3}{4}$, 3/4", "\\(x\\), x"})
    void anAnswerWithoutMarkup(String answer, String plain) {
        assertThat(StepLabel.plain(answer)).isEqualTo(plain);
    }
}
