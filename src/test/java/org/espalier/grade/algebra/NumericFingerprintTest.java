package org.espalier.grade.algebra;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.espalier.grade.parse.Parser;
import org.junit.jupiter.api.Test;

class NumericFingerprintTest {

    private static Optional<String> fingerprint(String text) {
        return NumericFingerprint.fingerprint(Parser.parse(text));
    }

    @Test
    void constantsHaveOneSample() {
        assertThat(fingerprint("\\sin 1")).contains("~0.841470985");
        assertThat(fingerprint("\\sqrt{-2}")).contains("~0,1.41421356i");
        assertThat(fingerprint("\\sqrt[3]{-27}")).contains("~-3");
    }

    @Test
    void identitiesHaveOneFingerprint() {
        assertThat(fingerprint("\\sin 2x")).isEqualTo(fingerprint("2 \\sin x \\cos x"));
        assertThat(fingerprint("\\sin^2 x + \\cos^2 x - 1")).isEqualTo(fingerprint("0x"));
        assertThat(fingerprint("2^{n+3}")).isEqualTo(fingerprint("8 \\cdot 2^n"));
        assertThat(fingerprint("\\ln(xy)")).isEqualTo(fingerprint("\\ln x + \\ln y"));
        assertThat(fingerprint("\\binom{n}{2}")).isEqualTo(fingerprint("\\frac{n(n-1)}{2}"));
        assertThat(fingerprint("\\frac{(n+2)!}{n!}")).isEqualTo(fingerprint("(n+1)(n+2)"));
    }

    @Test
    void differentExpressionsHaveDifferentFingerprints() {
        assertThat(fingerprint("|x|")).isNotEqualTo(fingerprint("x"));
        assertThat(fingerprint("\\sin x")).isNotEqualTo(fingerprint("\\sin y"));
        assertThat(fingerprint("Aa")).isNotEqualTo(fingerprint("BB"));
        assertThat(fingerprint("10^{-30} \\sin 1")).isNotEqualTo(fingerprint("10^{-31} \\sin 1"));
    }

    @Test
    void infiniteValuesHaveNone() {
        assertThat(fingerprint("1/0")).isEmpty();
        assertThat(fingerprint("9^{9^{9^9}}")).isEmpty();
        assertThat(fingerprint("\\infty")).isEmpty();
    }

    /** As infinity, a factorial too large for a double would make its reciprocal zero. */
    @Test
    void hasNoFactorialsOfNegativeIntegersAndNoneTooLarge() {
        assertThat(fingerprint("(-2)!")).isEmpty();
        assertThat(fingerprint("\\frac{1}{1997.5!}")).isEmpty();
        assertThat(fingerprint("2.5!")).contains("~3.32335097");
    }
}
