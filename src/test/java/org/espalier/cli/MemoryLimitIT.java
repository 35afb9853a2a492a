package org.espalier.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/** Processes as the launcher starts them: what they take at most, as the system counts it, is what they were given. */
class MemoryLimitIT {
    private static final long MIB = 1 << 20;
    private static final String PROBLEM =
            "Natalia sold clips to 48 of her friends in April, and then she sold half as many clips in May. How many clips"
                    + " did Natalia sell altogether?";

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({"greedy, 1, 256", "best-of-n, 16, 224", "best-of-n, 32, 320", "beam, 16, 256", "dvts, 16, 400"})
    void theProcessKeepsToItsMemory(String method, int n, int memory) throws Exception {
        Process process = start(
                "solve",
                PROBLEM,
                "--method",
                method,
                "-n",
                "" + n,
                "--max-tokens",
                "128",
                "--threads",
                "1",
                "--memory",
                memory + "m",
                "--json");
        assertThat(process.waitFor(10, TimeUnit.MINUTES)).isTrue();
        assertThat(process.exitValue())
                .as(Files.readString(folder.resolve("err")))
                .isZero();
        JsonNode solution = new ObjectMapper().readTree(folder.resolve("out").toFile());
        long peak = solution.get("engine").get("peakMemoryBytes").asLong();
        System.out.printf("%s -n %d --memory %dm: peak %d MiB%n", method, n, memory, peak / MIB);
        assertThat(peak).isLessThanOrEqualTo(memory * MIB);
    }

    @Test
    void tooLittleIsRefusedInOneLineThatSaysWhatIsEnough() throws Exception {
        Process process = start("solve", "What is 2 + 3?", "--method", "greedy", "--memory", "64m");
        assertThat(process.waitFor(10, TimeUnit.MINUTES)).isTrue();
        assertThat(process.exitValue()).isEqualTo(ExitCode.FAILED);
        assertThat(Files.readString(folder.resolve("err")))
                .hasLineCount(1)
                .matches("espalier: --memory is too small: the process takes \\d+ MiB, .*give at least \\d+m.*\n");
    }

    private Process start(String... arguments) throws Exception {
        return SmallProcess.of(List.of(arguments))
                .redirectOutput(folder.resolve("out").toFile())
                .redirectError(folder.resolve("err").toFile())
                .start();
    }
}
