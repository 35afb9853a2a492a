package org.espalier.llama;

import static org.assertj.core.api.Assertions.assertThat;

import org.espalier.engine.ModelRunner.Outcome;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class StatusMapperTest {
    @ParameterizedTest
    @EnumSource
    void outcomesAreTheirOwnNumbers(Outcome outcome) {
        assertThat(StatusMapper.outcome(outcome.ordinal(), "try")).isEqualTo(outcome);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "llama_model_load: error loading model: unknown model architecture: 'x' | unknown model architecture: 'x'",
                "llama_init_from_model: failed to initialize the context: no memory | failed to initialize the context: no memory",
                "sequence 0 continues at position 0, not 3 | sequence 0 continues at position 0, not 3",
                "gguf_init: invalid magic | invalid magic",
            })
    void keepsWhatAPersonNeedsOfALog(String log, String reason) {
        assertThat(StatusMapper.reason(log)).isEqualTo(reason);
        assertThat(StatusMapper.reason("\n" + log + "\nllama_model_load_from_file: failed"))
                .isEqualTo(reason);
    }

    @Test
    void anEmptyLogHasNoReason() {
        assertThat(StatusMapper.reason("")).isEmpty();
    }
}
