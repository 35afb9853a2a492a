package org.espalier.llama;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** With a library of two GPUs that is compiled for the test. */
class NvmlCounterTest {
    private static final String SOURCE = """
            #ifndef INIT
            #define INIT 0
            #endif
            #ifndef COUNT
            #define COUNT 0
            #endif
            #ifndef HANDLE
            #define HANDLE 0
            #endif
            #ifndef SECOND
            #define SECOND 0
            #endif
            struct device { unsigned long long millijoules; int status; };
            static struct device devices[2] = {{1000, 0}, {7000000000000ULL, SECOND}};

            int nvmlInit_v2(void) { return INIT; }
            int nvmlDeviceGetCount_v2(unsigned *count) { *count = 2; return COUNT; }
            int nvmlDeviceGetHandleByIndex_v2(unsigned index, struct device **device) {
              *device = &devices[index];
              return HANDLE;
            }
            #ifndef OLD
            int nvmlDeviceGetTotalEnergyConsumption(struct device *device, unsigned long long *millijoules) {
              if (device->status != 0) return device->status;
              *millijoules = device->millijoules;
              device->millijoules += 250;
              return 0;
            }
            #endif
            """;

    @TempDir
    private Path folder;

    /**
     * Compiles it; a developer may lack a C compiler, continuous integration must not.
     *
     * @param macros what is returned other than 0
     */
    private String library(String... macros) throws IOException, InterruptedException {
        Path source = Files.writeString(folder.resolve("nvml.c"), SOURCE);
        Path library = folder.resolve("libfake-nvml.so");
        List<String> command = new ArrayList<>(List.of("cc", "-shared", "-fPIC", "-o", library.toString()));
        Stream.of(macros).map(macro -> "-D" + macro).forEach(command::add);
        command.add(source.toString());
        Process compiler;
        try {
            compiler = new ProcessBuilder(command).inheritIO().start();
        } catch (IOException e) {
            assumeTrue("true".equals(System.getenv("CI")), "there is no C compiler (cc) to make a library with");
            throw e;
        }
        assertThat(compiler.waitFor()).isZero();
        return library.toString();
    }

    @Test
    void gpusAreCounted() throws Exception {
        List<EnergyCounter> counters = NvmlCounter.all(library());

        assertThat(counters).extracting(EnergyCounter::name).containsExactly("gpu-0", "gpu-1");
        assertThat(counters).extracting(EnergyCounter::range).containsOnly(0L);
        // The first reading tells whether there is a count.
        assertThat(counters.get(0).microjoules()).hasValue(1_250_000);
        assertThat(counters.get(0).microjoules()).hasValue(1_500_000);
        assertThat(counters.get(1).microjoules()).hasValue(7_000_000_000_250_000L);
    }

    @Test
    void aGpuThatDoesNotCountIsLeftOut() throws Exception {
        assertThat(NvmlCounter.all(library("SECOND=3")))
                .extracting(EnergyCounter::name)
                .containsExactly("gpu-0");
    }

    @ParameterizedTest
    @ValueSource(strings = {"INIT=9", "COUNT=1", "HANDLE=4", "OLD=1"})
    void aDriverThatDoesNotAnswerIsNone(String macro) throws Exception {
        assertThat(NvmlCounter.all(library(macro))).isEmpty();
    }

    @Test
    void aLibraryThatIsMissingOrNoneIsNone() throws IOException {
        assertThat(NvmlCounter.all("espalier-no-such-library")).isEmpty();
        assertThat(NvmlCounter.all(
                        Files.writeString(folder.resolve("libtext.so"), "text").toString()))
                .isEmpty();
    }

    @Test
    void theMeterReadsThem() throws Exception {
        try (EnergyMeter meter = EnergyMeter.start(folder, library())) {
            assertThat(meter.parts()).containsExactly("gpu-0", "gpu-1");
            assertThat(meter.joules()).hasValue(0.5);
            assertThat(meter.joules()).hasValue(1.0);
        }
    }
}
