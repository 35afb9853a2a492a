package org.espalier.llama;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class PeakMemoryTest {
    @Test
    void onLinuxTheSystemSays() {
        boolean linux = Files.exists(Path.of("/proc/self/status"));
        assertThat(PeakMemory.bytes().isPresent()).isEqualTo(linux);
        assertThat(PeakMemory.bytes().orElse(Long.MAX_VALUE))
                .isGreaterThan(Runtime.getRuntime().totalMemory() / 100);
    }
}
