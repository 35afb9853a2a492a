package org.espalier.search;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
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

    @Test
    void lineEndsAndSpacesInBlankLinesDoNotMatter() {
        for (String text : List.of("one\n\ntwo\nmore\n\n\n  three\n", "\n\none\n\n\n\ntwo", "", " \n", "a  \n\nb")) {
            List<String> steps = SolutionSteps.of(text, "\n\n");
            for (String end : List.of("\r\n", "\r", "\u2028", "\u0085")) {
                assertThat(SolutionSteps.of(text.replace("\n", end), "\n\n")).isEqualTo(steps);
                assertThat(SolutionSteps.of(text.replace("\n", end), end + end)).isEqualTo(steps);
            }
            for (String blank : List.of("\n \n", "\n\t \n", "\r\n\u00A0\u3000\r\n")) {
                assertThat(SolutionSteps.of(text.replace("\n\n", blank), "\n\n"))
                        .isEqualTo(steps);
            }
        }
        assertThat(SolutionSteps.of("a\r\n \r\nb", " ")).containsExactly("a\n", "\nb");
    }
}
