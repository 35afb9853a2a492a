package org.espalier.llama;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.espalier.llama.ContextOptions.CacheType;
import org.espalier.model.Attention;
import org.espalier.model.UsageException;
import org.junit.jupiter.api.Test;

class ContextOptionsTest {
    @Test
    void defaultsFollowTheNumberOfSequences() {
        ContextOptions few = ContextOptions.of(4096, 4);
        assertThat(few.batchTokens()).isEqualTo(512);
        assertThat(few.maxRows()).isEqualTo(32);
        assertThat(few.unified()).isTrue();
        assertThat(few.threads()).isPositive();
        assertThat(few.adaptThreads()).isTrue();
        assertThat(ContextOptions.of(4096, 256).maxRows()).isEqualTo(256);
    }

    @Test
    void changesOneValueAtATime() {
        ContextOptions options = ContextOptions.of(4096, 4)
                .withUnified(false)
                .withThreads(3)
                .withBatch(64, 16)
                .withCacheType(CacheType.Q8_0);
        assertThat(options)
                .isEqualTo(new ContextOptions(
                        4096, 4, 64, 16, false, 3, false, CacheType.Q8_0, true, Attention.preferred()));
    }

    @Test
    void knowsHowLlamaCppRounds() {
        assertThat(ContextOptions.of(256, 4).roundedCells()).isEqualTo(256);
        assertThat(ContextOptions.of(257, 4).roundedCells()).isEqualTo(512);
        assertThat(ContextOptions.of(2048, 4).withUnified(false).roundedCells()).isEqualTo(2048);
        assertThat(ContextOptions.of(100, 4).withUnified(false).roundedCells()).isEqualTo(1024);
        assertThat(ContextOptions.of(2, 4).withUnified(false).roundedCells()).isEqualTo(1024);
        assertThat(ContextOptions.of(769, 3).withUnified(false).roundedCells()).isEqualTo(1536);
    }

    @Test
    void refusesValuesOutOfRange() {
        ContextOptions options = ContextOptions.of(4096, 4);
        assertThatThrownBy(() -> ContextOptions.of(0, 1)).isInstanceOf(UsageException.class);
        assertThatThrownBy(() -> ContextOptions.of(Integer.MAX_VALUE, 1)).isInstanceOf(UsageException.class);
        assertThatThrownBy(() -> ContextOptions.of(256, 0)).isInstanceOf(UsageException.class);
        assertThatThrownBy(() -> ContextOptions.of(256, 257)).isInstanceOf(UsageException.class);
        assertThatThrownBy(() -> options.withThreads(0))
                .isInstanceOf(UsageException.class)
                .hasMessageMatching("threads must be in 1\\.\\.\\d+ \\(4 for each of \\d+ processors\\), not 0");
        assertThatThrownBy(() -> options.withBatch(0, 1)).isInstanceOf(UsageException.class);
        assertThatThrownBy(() -> options.withBatch(1, 0)).isInstanceOf(UsageException.class);
    }
}
