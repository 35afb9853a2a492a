package org.espalier.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.espalier.model.SamplingParams;
import org.espalier.model.UsageException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SearchConfigTest {
    private static void refused(SearchConfig.Builder config, String message) {
        assertThatThrownBy(config::build).isInstanceOf(UsageException.class).hasMessage(message);
    }

    private static SearchConfig config(int n, int beamWidth) {
        return SearchConfig.builder().n(n).beamWidth(beamWidth).build();
    }

    @Test
    void defaultsAreThoseOfTheReference() {
        SearchConfig config = SearchConfig.DEFAULT;

        assertThat(config.beamWidth()).isEqualTo(4);
        assertThat(config.maxIterations()).isEqualTo(40);
        assertThat(config.lookahead()).isZero();
        assertThat(config.maxTokens()).isEqualTo(2048);
        assertThat(config.sampling()).isEqualTo(new SamplingParams(.8, 0, 1, 0));
        assertThat(config.aggregation()).isNull();
        assertThat(config.delimiter()).isEqualTo("\n\n");
        assertThat(config.semantics()).isEqualTo(Semantics.STRICT);
    }

    @Test
    void valuesOutOfRangeAreRefusedByTheirNames() {
        refused(SearchConfig.builder().n(0), "n must be 1 to 10000, not 0");
        refused(SearchConfig.builder().n(10_001), "n must be 1 to 10000, not 10001");
        refused(SearchConfig.builder().beamWidth(0), "beamWidth must be 1 or more, not 0");
        refused(SearchConfig.builder().maxIterations(0), "maxIterations must be 1 or more, not 0");
        refused(SearchConfig.builder().lookahead(-1), "lookahead must be 0 (none) or more, not -1");
        refused(SearchConfig.builder().maxTokens(0), "maxTokens must be 1 or more, not 0");
        refused(SearchConfig.builder().stepTokens(0), "stepTokens must be 1 or more, not 0");
        refused(
                SearchConfig.builder().delimiter(""),
                "delimiter is empty: give the text that ends a step, usually a blank line");
    }

    @Test
    void dvtsNeedsWholeSubtrees() {
        assertThatThrownBy(() -> config(10, 4).validateFor(SearchMethod.DVTS))
                .isInstanceOf(UsageException.class)
                .hasMessage("dvts needs n to be a multiple of beamWidth, and 10 is not one of 4: try n 8 or n 12");
        assertThatThrownBy(() -> config(2, 4).validateFor(SearchMethod.DVTS))
                .hasMessage("dvts needs n to be a multiple of beamWidth, and 2 is not one of 4: try n 4");
        assertThatCode(() -> config(12, 4).validateFor(SearchMethod.DVTS)).doesNotThrowAnyException();
        assertThatCode(() -> config(10, 4).validateFor(SearchMethod.BEST_OF_N)).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @CsvSource({
        "DVTS, 16, 4",
        "DVTS, 10, 2",
        "DVTS, 6, 3",
        "DVTS, 2, 2",
        "DVTS, 1, 1",
        "AUTO, 9, 3",
        "DVTS, 7, 4",
        "BEAM, 10, 4",
        "BEAM, 3, 3",
        "BEST_OF_N, 6, 4"
    })
    void theWidthThatNobodyAskedForGoesIntoN(SearchMethod method, int n, int width) {
        assertThat(SearchRules.beamWidth(method, n, 4)).isEqualTo(width);
    }

    @Test
    void beamNeedsAsManyPathsAsCandidatesUnlessParityIsAskedFor() {
        assertThatThrownBy(() -> config(2, 4).validateFor(SearchMethod.BEAM))
                .isInstanceOf(UsageException.class)
                .hasMessage("beam needs n to be at least beamWidth, and 2 is less than 4: try n 4 or beamWidth 2");
        assertThatCode(() -> config(2, 4).toBuilder()
                        .semantics(Semantics.SAL)
                        .build()
                        .validateFor(SearchMethod.BEAM))
                .doesNotThrowAnyException();
    }

    @Test
    void toBuilderKeepsEverything() {
        SearchConfig config = SearchConfig.builder()
                .n(6)
                .beamWidth(3)
                .maxIterations(5)
                .lookahead(2)
                .aggregation(ScoreAggregation.MEAN)
                .selection(Selection.NAIVE)
                .sampling(SamplingParams.GREEDY)
                .maxTokens(7)
                .stepTokens(8)
                .seed(9)
                .delimiter("#")
                .semantics(Semantics.SAL)
                .filterDuplicates(true)
                .sortCompleted(true)
                .params(new MethodParams(.1, .2, .3, 4, .5, false, false, .6, 7, 8, Posterior.BETA))
                .build();
        assertThat(config.toBuilder().build()).isEqualTo(config);
    }
}
