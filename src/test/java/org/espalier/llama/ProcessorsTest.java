package org.espalier.llama;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcessorsTest {
    @TempDir
    private Path system;

    @Test
    void twoProcessorsOfOneCoreCountOnce() throws IOException {
        for (int cpu = 0; cpu < 8; cpu++) {
            siblings(cpu, (cpu % 4) + "," + (cpu % 4 + 4));
        }
        assertThat(Processors.cores(system, "0-7", 8)).isEqualTo(4);
        assertThat(Processors.cores(system, "\t0,4\n", 2)).isEqualTo(1);
        assertThat(Processors.cores(system, "0-1,6-7", 4)).isEqualTo(4);
        // A container's limit.
        assertThat(Processors.cores(system, "0-7", 3)).isEqualTo(3);
    }

    @Test
    void whereNothingIsKnownEachProcessorCounts() throws IOException {
        siblings(0, "0");
        assertThat(Processors.cores(system, "0-3", 4)).isEqualTo(4);
        assertThat(Processors.cores(system, "", 6)).isEqualTo(6);
        assertThat(Processors.cores(system, "none", 6)).isEqualTo(6);
    }

    @Test
    void thisMachineHasOne() {
        assertThat(Processors.cores()).isBetween(1, Runtime.getRuntime().availableProcessors());
    }

    private void siblings(int cpu, String list) throws IOException {
        Path topology = Files.createDirectories(system.resolve("cpu" + cpu + "/topology"));
        Files.writeString(topology.resolve("thread_siblings_list"), list + "\n");
    }
}
