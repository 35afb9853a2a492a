package org.espalier.eval;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SolutionStepsTest {
    @Test
    void dividesAtTheDelimiterBehindText() {
        assertThat(SolutionSteps.of("one\n\ntwo\nmore\n\nthree\n", "\n\n"))
                .containsExactly("one", "two\nmore", "three");
        assertThat(SolutionSteps.of("\n\none\n\n\n\ntwo", "\n\n")).containsExactly("\n\none", "\n\ntwo");
        assertThat(SolutionSteps.of("one\n\n\ntwo", "\n\n")).containsExactly("one", "\ntwo");
        assertThat(SolutionSteps.of("a;b;", ";")).containsExactly("a", "b");
        assertThat(SolutionSteps.of(" \n\n ", "\n\n")).isEmpty();
    }
}
