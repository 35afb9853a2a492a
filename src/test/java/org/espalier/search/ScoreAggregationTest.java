package org.espalier.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ScoreAggregationTest {
    private static final List<Double> SCORES = List.of(.5, .2, .8);

    @Test
    void aggregates() {
        assertThat(ScoreAggregation.LAST.of(SCORES)).isEqualTo(.8);
        assertThat(ScoreAggregation.MIN.of(SCORES)).isEqualTo(.2);
        assertThat(ScoreAggregation.PROD.of(SCORES)).isCloseTo(.08, within(1e-12));
        assertThat(ScoreAggregation.MEAN.of(SCORES)).isCloseTo(.5, within(1e-12));
    }

    @ParameterizedTest
    @EnumSource
    void nothingHasNoScore(ScoreAggregation aggregation) {
        assertThat(aggregation.of(List.of())).isNaN();
    }
}
