package org.espalier.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.espalier.model.UsageException;
import org.junit.jupiter.api.Test;

class MethodParamsTest {
    private static void refused(ThrowingCallable params, String message) {
        assertThatThrownBy(params).isInstanceOf(UsageException.class).hasMessage(message);
    }

    @Test
    void valuesOutOfRangeAreRefusedByTheirNames() {
        refused(
                () -> new MethodParams(0.0, .5, 1, 4, null, false, false),
                "scoreTemperature must be above 0 and at most 100, not 0.0");
        refused(
                () -> new MethodParams(null, 1, 1, 4, null, false, false),
                "rejection must be between 0 and 1, not 1.0");
        refused(
                () -> new MethodParams(null, Double.NaN, 1, 4, null, false, false),
                "rejection must be between 0 and 1, not NaN");
        refused(() -> new MethodParams(null, .5, -1, 4, null, false, false), "exploration must be in 0..100, not -1.0");
        refused(() -> new MethodParams(null, .5, 1, 0, null, false, false), "revisions must be 1 or more, not 0");
        refused(() -> new MethodParams(null, .5, 1, 4, 1.1, false, false), "stopAtScore must be in 0..1, not 1.1");
        refused(
                () -> MethodParams.DEFAULT.withConfidence(0.0, 1, 1),
                "voteShare must be above 0 and at most 1, not 0.0");
        refused(() -> MethodParams.DEFAULT.withConfidence(1.0, 0, 1), "warmUp must be 1 or more, not 0");
        refused(() -> MethodParams.DEFAULT.withConfidence(1.0, 1, 2049), "groupTokens must be 1 to 2048, not 2049");
    }

    @Test
    void scoreTemperatureIsThePapersUnlessItIsGiven() {
        assertThat(MethodParams.DEFAULT.scoreTemperatureOr(.2)).isEqualTo(.2);
        assertThat(new MethodParams(.7, .5, 1, 4, null, false, false).scoreTemperatureOr(.2))
                .isEqualTo(.7);
    }
}
