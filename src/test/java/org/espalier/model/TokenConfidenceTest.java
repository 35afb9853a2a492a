package org.espalier.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.espalier.model.TokenConfidence.Measure;
import org.junit.jupiter.api.Test;

class TokenConfidenceTest {
    /** Entropies of e.g. one bit: two tokens seem possible. */
    private static TokenConfidence of(int group, double... bits) {
        return goOn(new TokenConfidence(group), bits);
    }

    private static TokenConfidence goOn(TokenConfidence from, double... bits) {
        for (double one : bits) {
            from.add((float) (-2 * one * Math.log(2)), (float) (one * Math.log(2)));
        }
        return from;
    }

    private static void check(TokenConfidence confidence, Measure measure, double bits) {
        assertThat(confidence.of(measure)).as("%s", measure).isCloseTo(Math.pow(2, -bits), within(1e-6));
    }

    @Test
    void measuresAreOfAllTokensOfTheLastGroupAndOfTheWorstOne() {
        TokenConfidence confidence = of(3, 0, 1, 5, 3, 1, 2, 0);

        check(confidence, Measure.MEAN_ENTROPY, 12.0 / 7);
        check(confidence, Measure.TAIL_ENTROPY, 3.0 / 3);
        check(confidence, Measure.LOWEST_ENTROPY, 9.0 / 3);
        check(confidence, Measure.MEAN_LOGPROB, 24.0 / 7);
        check(confidence, Measure.TAIL_LOGPROB, 6.0 / 3);
        check(confidence, Measure.LOWEST_LOGPROB, 18.0 / 3);
    }

    @Test
    void aPathThatIsShorterThanAGroupIsOne() {
        TokenConfidence confidence = of(100, 1, 3);

        check(confidence, Measure.TAIL_ENTROPY, 2);
        check(confidence, Measure.LOWEST_ENTROPY, 2);
        assertThat(confidence.tokens()).isEqualTo(2);
    }

    @Test
    void withoutTokensNothingIsKnown() {
        assertThat(of(3).of(Measure.MEAN_ENTROPY)).isNaN();
    }

    /** More than its first room, and round several times. */
    @Test
    void aLargeGroupIsOneToo() {
        double[] bits = new double[300];
        Arrays.fill(bits, 0, 200, 1);
        Arrays.fill(bits, 50, 100, 2);
        TokenConfidence confidence = of(70, bits);

        check(confidence, Measure.TAIL_ENTROPY, 0);
        check(confidence, Measure.LOWEST_ENTROPY, 120.0 / 70);
    }

    @Test
    void branchesGoOnApart() {
        TokenConfidence stem = of(2, 1, 1);
        TokenConfidence one = goOn(stem.branch(), 4, 4);
        TokenConfidence other = goOn(stem.branch(), 0);

        check(one, Measure.LOWEST_ENTROPY, 4);
        check(other, Measure.TAIL_ENTROPY, .5);
        check(other, Measure.LOWEST_ENTROPY, 1);
        check(stem, Measure.MEAN_ENTROPY, 1);
    }

    @Test
    void aPathIsHopelessBelowItsFloor() {
        double floor = of(2, 1, 2).of(Measure.LOWEST_LOGPROB);

        assertThat(goOn(new TokenConfidence(2).above(floor), 3).isHopeless())
                .as("no whole group yet")
                .isFalse();
        assertThat(goOn(new TokenConfidence(2).above(floor), 2, 1).isHopeless())
                .as("as sure as the floor")
                .isFalse();
        assertThat(goOn(new TokenConfidence(2).above(floor), 0, 2, 1.1).isHopeless())
                .isTrue();
        assertThat(of(2, 9, 9).isHopeless()).as("without a floor").isFalse();
    }
}
