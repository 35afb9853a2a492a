package org.espalier.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.List;
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
        "qwen2.5-1.5b, , ",
        "Qwen2.5-1.5B@dvts-16, DVTS, 16",
        "qwen2.5-1.5b:latest, , ",
        "default@majority-8, MAJORITY, 8",
        "default@best-of-n, BEST_OF_N, ",
        "default@best-of-n-16, BEST_OF_N, 16",
        "default@beam-4, BEAM, 4",
        "default@dvts-64, DVTS, 64",
    })
    void aNameChoosesASearch(String id, SearchMethod method, Integer n) {
        assertThat(ModelName.parse(id, () -> List.of("qwen2.5-1.5b"), MAX_N)).isEqualTo(new ModelName(id, method, n));
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
                .isThrownBy(() -> ModelName.parse(id, () -> List.of("qwen2.5-1.5b"), MAX_N))
                .withMessageContaining("there is no model '" + id + "'")
                .satisfies(e -> assertThat(e.status()).isEqualTo(404));
    }

    @ParameterizedTest
    @CsvSource({"SmolLM2-135M-Instruct-Q8_0, SmolLM2-135M-Instruct-Q8_0", "my model @v2, my-model-v2", "'', default"})
    void aPolicysNameHasNothingThatANameMustNotHave(String policy, String name) {
        assertThat(ModelName.of(policy)).isEqualTo(name);
    }

    @Test
    void allThatIsListedCanBeAskedFor() {
        assertThat(ModelName.listed(List.of("qwen2.5-1.5b")))
                .containsExactly("qwen2.5-1.5b", "qwen2.5-1.5b@greedy")
                .allSatisfy(id -> assertThat(ModelName.parse(id, () -> List.of("qwen2.5-1.5b"), MAX_N)
                                .id())
                        .isEqualTo(id));
    }

    @Test
    void ofSeveralAnyMayBeNamed() {
        List<String> names = List.of("small", "large");
        assertThat(ModelName.parse("Large@beam-4", () -> names, MAX_N).n()).isEqualTo(4);
        assertThat(ModelName.policy("Large@beam-4")).isEqualTo("Large");
        assertThat(ModelName.policy("large:latest")).isEqualTo("large");
        assertThat(ModelName.listed(names)).containsExactly("small", "small@greedy", "large");
        assertThatExceptionOfType(ApiException.class)
                .isThrownBy(() -> ModelName.parse("larger", () -> names, MAX_N))
                .withMessageContaining("there are small, large");
    }
}
