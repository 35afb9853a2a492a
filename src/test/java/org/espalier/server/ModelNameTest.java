package org.espalier.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.espalier.search.SearchMethod;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ModelNameTest {
    private static final int MAX_N = 64;

    @ParameterizedTest
    @CsvSource({
        "default, , ",
        "default@greedy, GREEDY, ",
        "default@greedy-1, GREEDY, 1",
        "default@majority-8, MAJORITY, 8",
        "default@best-of-n, BEST_OF_N, ",
        "default@best-of-n-16, BEST_OF_N, 16",
        "default@beam-4, BEAM, 4",
        "default@dvts-64, DVTS, 64",
    })
    void aNameChoosesASearch(String id, SearchMethod method, Integer n) {
        assertThat(ModelName.parse(id, MAX_N)).isEqualTo(new ModelName(id, method, n));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "gpt-4o",
                "Default",
                "default@",
                "default@minimax-4",
                "default@dvts-0",
                "default@dvts-04",
                "default@dvts--4",
                "default@dvts-65",
                "default@dvts-99999999999",
                "default@greedy-2",
                "default@dvts-16 ",
                "default@dvts-16/../x",
                "other@dvts-16",
            })
    void anotherNameIsNotFound(String id) {
        assertThatExceptionOfType(ApiException.class)
                .isThrownBy(() -> ModelName.parse(id, MAX_N))
                .withMessageContaining("there is no model '" + id + "'")
                .satisfies(e -> assertThat(e.status()).isEqualTo(404));
    }

    @Test
    void allThatIsListedCanBeAskedFor() {
        assertThat(ModelName.listed(MAX_N))
                .contains("default", "default@greedy", "default@dvts-64")
                .allSatisfy(id -> assertThat(ModelName.parse(id, MAX_N).id()).isEqualTo(id));
        assertThat(ModelName.listed(16)).contains("default@beam-16").doesNotContain("default@beam-64");
    }
}
