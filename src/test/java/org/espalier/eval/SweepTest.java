package org.espalier.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.espalier.model.UsageException;
import org.espalier.search.SearchConfig;
import org.espalier.search.SearchMethod;
import org.junit.jupiter.api.Test;

class SweepTest {
    private static Sweep sweep(List<SearchMethod> methods, Integer... sizes) {
        return Sweep.of(methods, List.of(sizes), SearchConfig.DEFAULT);
    }

    @Test
    void independentSamplesAreDrawnOnceAndTreesForEveryN() {
        Sweep sweep = sweep(
                List.of(
                        SearchMethod.GREEDY,
                        SearchMethod.MAJORITY,
                        SearchMethod.SHORT_M,
                        SearchMethod.BEST_OF_N,
                        SearchMethod.BEAM,
                        SearchMethod.DVTS,
                        SearchMethod.AUTO),
                16,
                1,
                6,
                4);
        assertThat(sweep.points().keySet())
                .containsExactly(
                        new SweepPoint(SearchMethod.GREEDY, 1),
                        new SweepPoint(SearchMethod.MAJORITY, 16),
                        new SweepPoint(SearchMethod.SHORT_M, 4),
                        new SweepPoint(SearchMethod.SHORT_M, 6),
                        new SweepPoint(SearchMethod.SHORT_M, 16),
                        new SweepPoint(SearchMethod.BEST_OF_N, 16),
                        new SweepPoint(SearchMethod.BEAM, 4),
                        new SweepPoint(SearchMethod.BEAM, 6),
                        new SweepPoint(SearchMethod.BEAM, 16),
                        new SweepPoint(SearchMethod.DVTS, 4),
                        new SweepPoint(SearchMethod.DVTS, 16),
                        new SweepPoint(SearchMethod.AUTO, 4),
                        new SweepPoint(SearchMethod.AUTO, 16));
        assertThat(sweep.points().get(new SweepPoint(SearchMethod.MAJORITY, 16)))
                .containsExactly(1, 4, 6, 16);
        assertThat(sweep.skipped()).hasSize(6);
        assertThat(sweep.skipped().get(3).toString()).contains("dvts is not measured at n = 6", "beamWidth");
    }

    @Test
    void answersAreRecordedAtPowersOfTwoAndWhereTheyAreReported() {
        Sweep sweep = sweep(List.of(SearchMethod.MAJORITY, SearchMethod.DVTS), 12, 3);
        assertThat(sweep.recordedAt(new SweepPoint(SearchMethod.MAJORITY, 12), 4))
                .containsExactly(1, 2, 3, 4, 8, 12);
        assertThat(sweep.recordedAt(new SweepPoint(SearchMethod.DVTS, 12), 4)).containsExactly(4, 8, 12);
    }

    @Test
    void aSweepOfNothingIsRefused() {
        assertThatThrownBy(() -> sweep(List.of(SearchMethod.BEAM), 1))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("nothing to measure: beam");
    }
}
