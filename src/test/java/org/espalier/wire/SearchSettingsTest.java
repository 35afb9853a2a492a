package org.espalier.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.espalier.model.LogitChanges;
import org.espalier.model.SamplingParams;
import org.espalier.model.UsageException;
import org.espalier.search.AutoPlan;
import org.espalier.search.MethodParams;
import org.espalier.search.Posterior;
import org.espalier.search.ScoreAggregation;
import org.espalier.search.SearchConfig;
import org.espalier.search.SearchMethod;
import org.espalier.search.Selection;
import org.espalier.search.Semantics;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SearchSettingsTest {
    private static final SearchSettings USUAL = new SearchSettings(SearchMethod.DVTS, SearchConfig.DEFAULT);

    /** Nothing in it is as it is usually. */
    private static final SearchConfig OTHER = SearchConfig.builder()
            .n(6)
            .beamWidth(3)
            .maxIterations(5)
            .lookahead(2)
            .aggregation(ScoreAggregation.MEAN)
            .selection(Selection.NAIVE)
            .sampling(
                    new SamplingParams(.1, 2, .3, .4, new LogitChanges(.5, -1.5, 1.1, -1, Map.of(7, 2.5, 12, -100.0))))
            .maxTokens(7)
            .stepTokens(8)
            .seed(-9)
            .delimiter("#")
            .semantics(Semantics.SAL)
            .shortest(10)
            .filterDuplicates(true)
            .sortCompleted(true)
            .stopAt(.11)
            .plan(new AutoPlan(
                    List.of(new AutoPlan.Bin(.5, SearchMethod.BEST_OF_N), new AutoPlan.Bin(1, SearchMethod.DVTS)), .7))
            .params(new MethodParams(.1, .2, .3, 4, .5, true, true, .6, 7, 8, Posterior.BETA))
            .build();

    private static SearchSettings with(String given) {
        return USUAL.with(Documents.MAPPER.readTree(given.replace('\'', '"')));
    }

    @Test
    void settingsAreFlatAndSpelledAsOptions() {
        assertThat(Documents.MAPPER.writeValueAsString(
                        new SearchSettings(SearchMethod.BEST_OF_N, SearchConfig.DEFAULT).toJson()))
                .isEqualTo("""
                        {'method':'best-of-n','n':16,'beamWidth':4,'maxIterations':40,'lookahead':0,'temperature':0.8,\
                        'topK':0,'topP':1.0,'minP':0.0,'maxTokens':2048,'stepTokens':2147483647,'seed':42,\
                        'delimiter':'\\n\\n','parity':'strict','shortest':3,'filterDuplicates':false,\
                        'sortCompleted':false,'plan':{'bins':[{'upTo':1.0,'method':'dvts'}],'stopAt':0.8},\
                        'rejection':0.5,'exploration':1.0,'revisions':4,'cutLoops':false,'speculate':false}\
                        """.replace('\'', '"'));
    }

    @Test
    void everySettingComesBack() {
        SearchSettings settings = new SearchSettings(SearchMethod.SPECULATIVE_REJECTION, OTHER);
        assertThat(settings.toJson().propertyNames()).containsExactlyInAnyOrderElementsOf(SearchSettings.NAMES);
        assertThat(USUAL.with(settings.toJson())).isEqualTo(settings);
    }

    @Test
    void whatIsNotSaidIsAsItWas() {
        assertThat(with("{'n': 8, 'aggregation': null, 'policy': 'mine', 'temperature': 1}"))
                .isEqualTo(new SearchSettings(
                        SearchMethod.DVTS,
                        SearchConfig.builder()
                                .n(8)
                                .sampling(new SamplingParams(1, 0, 1, 0))
                                .build()));
    }

    @Test
    void plansOfRecordedRunsNameConstants() {
        assertThat(with("{'plan': {'bins': [{'upTo': 1, 'method': 'BEST_OF_N'}], 'stopAt': 0.5}}")
                        .config()
                        .plan()
                        .methodAt(1))
                .isEqualTo(SearchMethod.BEST_OF_N);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "'n': '8' | n has to be a whole number",
                "'topK': 1e3 | topK has to be a whole number",
                "'topK': 99999999999 | topK has to be a whole number",
                "'cutLoops': 1 | cutLoops has to be true or false",
                "'aggregation': 'MIN' | aggregation has to be one of last, min, prod, mean or null",
                "'selection': true | selection has to be one of naive, weighted, majority or null",
                "'temperature': 'hot' | temperature has to be a number",
                "'delimiter': 4 | delimiter has to be a string",
                "'parity': [] | parity has to be a string",
                "'plan': 4 | plan has to be an object",
                "'plan': {'bins': [4], 'stopAt': 1} | plan.bins has to be a list of objects",
            })
    void aSettingOfAnotherKindIsNamed(String given, String message) {
        assertThatThrownBy(() -> with("{" + given + "}"))
                .isInstanceOf(DocumentException.class)
                .hasMessage(message);
    }

    @Test
    void aValueOutOfItsRangeBreaksTheRecordsOwnRules() {
        assertThatThrownBy(() -> with("{'lookahead': -1, 'n': 0}"))
                .isInstanceOf(UsageException.class)
                .hasMessage("n must be 1 to 10000, not 0; lookahead must be 0 (none) or more, not -1");
        assertThatThrownBy(() -> with("{'temperature': 1e999}"))
                .isInstanceOf(UsageException.class)
                .hasMessage("temperature must be in 0..100, not Infinity");
        assertThatThrownBy(() -> with("{'parity': 'other'}")).isInstanceOf(UsageException.class);
    }
}
