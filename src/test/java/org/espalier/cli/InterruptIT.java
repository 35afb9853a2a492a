package org.espalier.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.espalier.harness.Waiting;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Ctrl-C, on a process of its own. */
class InterruptIT {
    private static final Duration ENOUGH_WORK = Duration.ofSeconds(10);

    @TempDir
    private Path folder;

    private Process solve(Path out, String... more) throws IOException {
        List<String> command = new java.util.ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                "org.espalier.cli.Main",
                "solve",
                "--policy",
                "smollm2-135m-instruct",
                "What is the sum of all numbers from 1 to 100, and why?"));
        command.addAll(List.of(more));
        return new ProcessBuilder(command)
                .redirectOutput(out.toFile())
                .redirectError(new File(folder.toFile(), "err"))
                .start();
    }

    /** Java treats a termination as it does Ctrl-C, which a process started in the background may have been told to ignore. */
    private static void interrupt(Process process) throws Exception {
        new ProcessBuilder("kill", "-TERM", Long.toString(process.pid()))
                .start()
                .waitFor();
    }

    /** Until it has long begun to search, by the processor time that it has had: how long that takes depends on the machine. */
    private static void awaitWork(Process process) {
        Waiting.until("the process has had its time", () -> {
            assertThat(process.isAlive()).isTrue();
            return process.toHandle().info().totalCpuDuration().orElseThrow().compareTo(ENOUGH_WORK) >= 0;
        });
    }

    @Test
    void theBestAnswerSoFarIsPrinted() throws Exception {
        Path out = folder.resolve("out");
        Process process = solve(out, "--method", "majority", "-n", "64", "--max-tokens", "1000", "--json");
        try {
            awaitWork(process);
            interrupt(process);
            assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
        } finally {
            process.destroyForcibly();
        }
        JsonNode solution = JsonMapper.builder().build().readTree(Files.readString(out));
        assertThat(solution.get("stoppedBy").asString()).isEqualTo("cancelled");
        assertThat(solution.get("completions")).hasSize(64);
        boolean answered = !solution.get("solution").isNull();
        assertThat(process.exitValue()).isEqualTo(answered ? ExitCode.ANSWERED : ExitCode.NO_ANSWER);
        try (BufferedReader err = Files.newBufferedReader(folder.resolve("err"), StandardCharsets.UTF_8)) {
            assertThat(err.lines()).isEmpty();
        }
    }
}
