package org.espalier.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.espalier.gguf.RealShape;
import org.espalier.llama.AvailableMemory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.ObjectMapper;

/** What a model of a real size costs, beside what small ones show: in processes of their own, as a user starts them. */
class RealSizeIT {
    private static final long MIB = 1 << 20;
    private static final long LEAST_MEMORY = 3L << 30;
    private static final Pattern ENOUGH = Pattern.compile("give at least (\\d+)m");

    @TempDir
    Path folder;

    private Path model;

    @BeforeEach
    void writeModel() throws IOException {
        String room = "no room for a model of a real size: %d MiB of memory, %d MiB on the disk"
                .formatted(AvailableMemory.bytes() / MIB, folder.toFile().getUsableSpace() / MIB);
        boolean enough =
                AvailableMemory.bytes() > LEAST_MEMORY && folder.toFile().getUsableSpace() > LEAST_MEMORY;
        if (!enough) {
            System.out.println("RealSizeIT is skipped: " + room);
        }
        assumeTrue(enough, room);
        model = RealShape.write(folder.resolve("llama-1b.gguf"));
    }

    /** llama.cpp maps the whole file and copies most of it, which together is twice the model. */
    @Test
    void theMostThatItTakesIsWithinItsMemory() throws Exception {
        Run tooLittle = solve("--memory", "400m");
        assertThat(tooLittle.exitCode).isEqualTo(ExitCode.FAILED);
        long limit = enough(tooLittle);
        Run run = solve("--memory", limit + "m");

        // What was advised is enough: to be told so once more after it has been loaded would be a waste of minutes.
        assertThat(run.exitCode).as(run.errors).isEqualTo(ExitCode.ANSWERED);
        long peak = new ObjectMapper()
                .readTree(run.output)
                .get("engine")
                .get("peakMemoryBytes")
                .asLong();
        System.out.printf("given %d MiB: peak %d MiB%n", limit, peak / MIB);
        assertThat(peak).isLessThanOrEqualTo(limit * MIB * 105 / 100);
        assertThat(limit * MIB).isLessThan(Files.size(model) * 2);
    }

    /** Loading it would make more pages resident than the limit. */
    @Test
    void whatDoesNotFitIsRefusedBeforeItIsLoaded() throws Exception {
        Run run = solve("--memory", "400m");
        assertThat(run.exitCode).isEqualTo(ExitCode.FAILED);
        assertThat(run.errors)
                .hasLineCount(1)
                .matches("espalier: --memory is too small: the process takes \\d+ MiB, .*give at least \\d+m, or lower"
                        + " --max-tokens or -n(, or use a smaller model, such as \\S+)?\n");
        assertThat(run.peakMiB).as("MiB at most").isLessThan(400);
    }

    /** It is loaded after the policy and its PRM, which are small. */
    @Test
    void aLargerPolicyThatDoesNotFitIsRefusedBeforeAnythingIsLoaded() throws Exception {
        Run run = run(List.of(
                "solve",
                "2 + 2",
                "--policy",
                "arith-small",
                "--larger-policy",
                model.toString(),
                "--method",
                "auto",
                "-n",
                "4",
                "--max-tokens",
                "8",
                "--threads",
                "1",
                "--no-load-check",
                "--memory",
                "400m"));
        assertThat(run.exitCode).isEqualTo(ExitCode.FAILED);
        assertThat(run.errors).contains("--memory is too small", "give at least ");
        assertThat(run.peakMiB).as("MiB at most").isLessThan(400);
    }

    private static long enough(Run run) {
        Matcher matcher = ENOUGH.matcher(run.errors);
        assertThat(matcher.find()).as(run.errors).isTrue();
        return Long.parseLong(matcher.group(1));
    }

    /** @param peakMiB 0 where the process was not watched to its end */
    private record Run(int exitCode, String output, String errors, long peakMiB) {}

    private Run solve(String... options) throws Exception {
        List<String> arguments = new ArrayList<>(List.of(
                "solve",
                "What is 2 + 2?",
                "--policy",
                model.toString(),
                "--prm",
                "self",
                "--method",
                "greedy",
                "--max-tokens",
                "2",
                "--threads",
                "1",
                "--no-load-check",
                "--json"));
        arguments.addAll(List.of(options));
        return run(arguments);
    }

    private Run run(List<String> arguments) throws Exception {
        File output = folder.resolve("out").toFile();
        File errors = folder.resolve("err").toFile();
        Process process = SmallProcess.of(arguments)
                .redirectOutput(output)
                .redirectError(errors)
                .start();
        Path status = Path.of("/proc", "" + process.pid(), "status");
        long peak = 0;
        while (!process.waitFor(20, TimeUnit.MILLISECONDS)) {
            peak = Math.max(peak, peakMiB(status));
        }
        return new Run(process.exitValue(), Files.readString(output.toPath()), Files.readString(errors.toPath()), peak);
    }

    private static long peakMiB(Path status) {
        try {
            Matcher matcher = Pattern.compile("VmHWM:\\s+(\\d+) kB").matcher(Files.readString(status));
            return matcher.find() ? Long.parseLong(matcher.group(1)) / 1024 : 0;
        } catch (IOException ended) {
            return 0;
        }
    }
}
