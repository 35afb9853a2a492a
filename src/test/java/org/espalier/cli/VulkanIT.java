package org.espalier.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.espalier.catalog.ModelStore;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The GPU's code path, on Mesa's software driver (lavapipe): what it computes, not how fast. Skipped unless the driver is
 * installed and {@code ESPALIER_LLAMA_PACKAGE=linux-x64-vulkan scripts/fetch-llama} has been run. A process of its own,
 * because a process has one llama.cpp.
 */
class VulkanIT {
    private static final String PROBLEM = "Start with 12, then multiply by 7, then subtract 5. What is the result?";
    private static final Path NATIVES = Path.of("target/native-vulkan");
    private static final double CLOSE = 5e-3;

    @TempDir
    static Path folder;

    private static Path driver;

    @BeforeAll
    static void build() throws Exception {
        Path cache = Objects.requireNonNull(
                ModelStore.open().folder().toAbsolutePath().getParent());
        assumeTrue(Files.isDirectory(cache.resolve("llama-v0.5.0-linux-x64-vulkan")), "no Vulkan build of llama.cpp");
        driver = lavapipe();
        Process process = start(
                List.of("scripts/build-native", NATIVES.toString(), System.getProperty("java.home"), "OFF"),
                Map.of("ESPALIER_LLAMA_PACKAGE", "linux-x64-vulkan"),
                "build");
        assertThat(process.waitFor()).isZero();
    }

    private static Path lavapipe() throws IOException {
        Path drivers = Path.of("/usr/share/vulkan/icd.d");
        assumeTrue(Files.isDirectory(drivers), "no Vulkan driver");
        try (Stream<Path> files = Files.list(drivers)) {
            List<Path> found = files.filter(
                            file -> file.getFileName().toString().startsWith("lvp_icd"))
                    .toList();
            assumeTrue(!found.isEmpty(), "no lavapipe (Debian: mesa-vulkan-drivers)");
            return found.get(0);
        }
    }

    private static Process start(List<String> command, Map<String, String> environment, String name)
            throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectOutput(folder.resolve(name + ".out").toFile())
                .redirectError(folder.resolve(name + ".err").toFile());
        builder.environment().remove("LLAMA_ROOT");
        builder.environment().putAll(environment);
        return builder.start();
    }

    /** Runs {@code solve} where llama.cpp takes the software driver for a GPU, as it does only when told. */
    private static int solve(String name, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Despalier.native.dir=" + NATIVES,
                "-cp",
                System.getProperty("java.class.path"),
                "org.espalier.cli.Main",
                "solve",
                PROBLEM,
                "--threads",
                "1"));
        command.addAll(List.of(arguments));
        Process process =
                start(command, Map.of("GGML_VK_VISIBLE_DEVICES", "0", "VK_ICD_FILENAMES", driver.toString()), name);
        try {
            assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
            return process.exitValue();
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void bothModelsOnTheGpuComeToWhatTheCpuComesTo() throws Exception {
        String[] search = {"--method", "beam", "-n", "8", "--memory", "64m", "--json"};
        assertThat(solve("gpu", search)).isZero();
        JsonNode gpu = JsonMapper.builder().build().readTree(folder.resolve("gpu.out"));
        JsonNode cpu = Cli.solve(Stream.concat(Stream.of(PROBLEM, "--threads", "1"), Stream.of(search))
                        .toArray(String[]::new))
                .json();

        assertThat(gpu.get("engine").get("llamaCpp").asString()).contains("Vulkan0: llvmpipe");
        assertThat(cpu.get("engine").get("llamaCpp").asString()).doesNotContain("Vulkan");
        assertThat(gpu.get("answer")).isEqualTo(cpu.get("answer"));
        assertThat(gpu.get("completions")).hasSameSizeAs(cpu.get("completions")).isNotEmpty();
        double difference = 0;
        for (int i = 0; i < cpu.get("completions").size(); i++) {
            JsonNode one = gpu.get("completions").get(i);
            JsonNode other = cpu.get("completions").get(i);
            assertThat(one.get("text")).isEqualTo(other.get("text"));
            assertThat(one.get("logProb").asDouble())
                    .isCloseTo(other.get("logProb").asDouble(), within(CLOSE));
            assertThat(one.get("score").asDouble()).isCloseTo(other.get("score").asDouble(), within(CLOSE));
            difference += Math.abs(
                    one.get("logProb").asDouble() - other.get("logProb").asDouble());
        }
        assertThat(difference)
                .as("the same bits would mean that the CPU computed both")
                .isPositive();
    }

    @Test
    void whatTheUserAllowsHoldsOnTheGpuToo() throws Exception {
        assertThat(solve("small", "--memory", "20m")).isEqualTo(ExitCode.FAILED);
        assertThat(Files.readString(folder.resolve("small.err"))).startsWith("espalier: --memory is too small: ");
    }

    @Test
    void withoutLayersOnTheGpuTheCpuComputes() throws Exception {
        String[] greedy = {"--method", "greedy", "--gpu-layers", "0", "--json"};
        assertThat(solve("none", greedy)).isZero();
        JsonNode withGpu = JsonMapper.builder().build().readTree(folder.resolve("none.out"));
        JsonNode without = Cli.solve(Stream.concat(Stream.of(PROBLEM, "--threads", "1"), Stream.of(greedy))
                        .toArray(String[]::new))
                .json();
        assertThat(withGpu.get("completions")).isEqualTo(without.get("completions"));
    }
}
