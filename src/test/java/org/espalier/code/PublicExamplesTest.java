package org.espalier.code;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PublicExamplesTest {
    @Test
    void doctestsAreFound() {
        TestSuite found = PublicExamples.in("""
                def f(x):
                    \"\"\" Adds one.
                    >>> f(1)
                    2
                    >>> f([1, 2])
                    [2, 3]
                    >>> f('a')
                    Traceback (most recent call last):
                    >>> g(1)
                    3
                    \"\"\"
                """, "f");
        assertThat(found.tests()).isEqualTo("assert f(1) == 2\nassert f([1, 2]) == [2, 3]\n");
    }

    @Test
    void assertStatementsAreFound() {
        assertThat(PublicExamples.in("Write f.\nassert f(1) == 2\n  assert f(2)==3\n", "f")
                        .tests())
                .isEqualTo("assert f(1) == 2\nassert f(2)==3\n");
    }

    @Test
    void callsWithTheirValuesAreFound() {
        assertThat(PublicExamples.in("""
                For example:
                f(2) ==> 3
                f("a)b") => "x"
                * f(4) ➞ 5
                f(5) returns 6.
                f(6) -> the sum
                """, "f").tests())
                .isEqualTo("assert f(2) == 3\nassert f(\"a)b\") == \"x\"\nassert f(4) == 5\nassert f(5) == 6\n");
    }

    @Test
    void inputAndOutputAreFound() {
        TestSuite found = PublicExamples.in(
                "Read n and print n + 1.\n\nInput:\n1\nOutput:\n2\n\nSample Input 2\n```\n3\n4\n```\nSample Output 2\n```\n7\n```\n",
                null);
        assertThat(found.examples()).containsExactly(new Example("1", "2"), new Example("3\n4", "7"));
    }

    @Test
    void aTextWithoutExamplesHasNone() {
        assertThat(PublicExamples.in("Write a function that adds two numbers.", null)
                        .isEmpty())
                .isTrue();
    }
}
