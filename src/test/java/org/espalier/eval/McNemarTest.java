package org.espalier.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class McNemarTest {
    /** Twice the binomial's tail: of 10 discordant problems 2 or fewer are (1 + 10 + 45) / 1024. */
    @ParameterizedTest
    @CsvSource({"0, 0, 1", "5, 5, 1", "1, 0, 1", "0, 5, 0.0625", "2, 8, 0.109375", "8, 2, 0.109375"})
    void isTwiceTheTailOfTheBinomial(int onlyFirst, int onlySecond, double p) {
        assertThat(McNemar.p(onlyFirst, onlySecond)).isCloseTo(p, within(1e-12));
    }

    @Test
    void thousandsOfProblemsDoNotUnderflow() {
        assertThat(McNemar.p(1500, 1500)).isEqualTo(1);
        assertThat(McNemar.p(1450, 1550)).isBetween(0.06, 0.08);
    }
}
