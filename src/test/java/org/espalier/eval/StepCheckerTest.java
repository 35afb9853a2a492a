package org.espalier.eval;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class StepCheckerTest {
    private static final List<String> REFERENCE =
            List.of("## Step 1: Add 2: 3 + 2 = 5", "## Step 2: Halve: 5 / 2 = 2.5");
    private static final String CLOSING =
            "Therefore, the final answer is: $\\boxed{\\frac{5}{2}}$. I hope it is correct.";

    private static int check(String... steps) {
        return StepChecker.firstError(List.of(steps), true, REFERENCE, "2.5");
    }

    @Test
    void whatEqualsTheReferenceIsRight() {
        assertThat(check(REFERENCE.get(0), REFERENCE.get(1), CLOSING)).isEqualTo(-1);
    }

    @Test
    void onlyTheEquationsCountAndSpaceDoesNot() {
        assertThat(check("Step one: 3+2 =5", "So: 5/2=2.5", CLOSING)).isEqualTo(-1);
    }

    @Test
    void theFirstWrongEquationIsFound() {
        assertThat(check(REFERENCE.get(0), "## Step 2: Halve: 5 / 2 = 3", "\\boxed{3}"))
                .isEqualTo(1);
        assertThat(check("## Step 1: Add 2: 3 + 2 = 6", REFERENCE.get(1), CLOSING))
                .isZero();
    }

    @Test
    void withoutAnEquationTheWholeTextsAreCompared() {
        assertThat(check("3 + 2 = 5")).isZero();
        assertThat(StepChecker.firstError(List.of("a b", "\\boxed{1}"), true, List.of("ab"), "1"))
                .isEqualTo(-1);
    }

    @Test
    void aMissingStepIsAnErrorWhereItShouldBe() {
        assertThat(check(REFERENCE.get(1), CLOSING)).isZero();
        assertThat(check(REFERENCE.get(0), CLOSING)).isEqualTo(1);
        assertThat(check(REFERENCE.get(0), REFERENCE.get(1))).isEqualTo(2);
        assertThat(check()).isZero();
    }

    @Test
    void anExtraStepIsAnErrorWhereItIs() {
        assertThat(check(REFERENCE.get(0), REFERENCE.get(1), "## Step 3: Add 0: 2.5 + 0 = 2.5", CLOSING))
                .isEqualTo(2);
        assertThat(check(REFERENCE.get(0), REFERENCE.get(1), CLOSING, "One more"))
                .isEqualTo(3);
    }

    @Test
    void theClosingAnswerIsCompared() {
        assertThat(check(REFERENCE.get(0), REFERENCE.get(1), "\\boxed{5}")).isEqualTo(2);
        assertThat(check(REFERENCE.get(0), REFERENCE.get(1), "\\boxed{")).isEqualTo(2);
    }

    @Test
    void whatALimitCutNeedNotClose() {
        assertThat(StepChecker.firstError(REFERENCE, false, REFERENCE, "2.5")).isEqualTo(-1);
        assertThat(StepChecker.firstError(List.of(), false, REFERENCE, "2.5")).isEqualTo(-1);
    }
}
