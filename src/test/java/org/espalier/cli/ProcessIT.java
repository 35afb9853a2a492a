package org.espalier.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.espalier.gguf.GgufWriter;
import org.espalier.harness.Waiting;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a shell and the system do to the command: pipes, full disks, limits, signals, terminals. */
class ProcessIT {
    private static final String SOLVE = " solve '2 + 3' --method greedy --max-tokens 8 --threads 1 ";

    @TempDir
    private Path folder;

    @Test
    void aPipeThatIsClosedEndsItWithoutAWord() throws Exception {
        Shell shell = Shell.run(folder, Shell.espalier() + " models list --json | true; echo ${PIPESTATUS[0]}");
        assertThat(shell.err()).isEmpty();
        assertThat(shell.out()).isEqualTo("141\n");
    }

    @Test
    void aFullDiskIsNamed() throws Exception {
        Shell list = Shell.run(folder, Shell.espalier() + " models list --json >/dev/full");
        assertThat(list.err())
                .isEqualTo("espalier: the result could not be written to standard output: No space left on device\n");
        assertThat(list.code()).isEqualTo(ExitCode.FAILED);
        // Removed again, because it is not this folder's.
        Shell tree = Shell.run(
                folder,
                "trap 'rm tree.jsonl' EXIT; ln -s /dev/full tree.jsonl; " + Shell.espalier() + SOLVE
                        + "--tree tree.jsonl");
        assertThat(tree.err()).isEqualTo("espalier: cannot write the tree to tree.jsonl: No space left on device\n");
        assertThat(tree.code()).isEqualTo(ExitCode.FAILED);
    }

    /** From too little for Java itself up to enough; each is a line that names memory, or an answer. */
    @ParameterizedTest
    @ValueSource(strings = {"1000000", "2800000", "3000000", "3200000"})
    void aLimitOfMemoryIsNamed(String kilobytes) throws Exception {
        String limited = "ulimit -v " + kilobytes + "; exec " + Shell.espalier("-Xmx1g", "-XX:+UseSerialGC") + SOLVE;
        Shell shell = Shell.run(folder, limited);
        assertThat(shell.code()).as(shell.err()).isIn(0, 1, 3);
        if (shell.code() == 1) {
            // Java itself says so on standard output.
            assertThat(shell.out() + shell.err()).containsPattern("(?i)memory|enough space|cannot allocate");
            assertThat(shell.err()).doesNotContain("internal error");
        }
    }

    @Test
    void moreThreadsThanProcessorsCanRunAreRefused() throws Exception {
        Shell shell = Shell.run(folder, Shell.espalier() + " solve '2 + 3' --threads 512");
        assertThat(shell.err()).contains("--threads must be in 1..", "processors), not 512");
        assertThat(shell.code()).isEqualTo(ExitCode.BAD_USAGE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"INT:130", "TERM:143"})
    void aSignalBeforeASearchEndsItWithTheSignalsCode(String signalAndCode) throws Exception {
        String signal = signalAndCode.split(":")[0];
        // Standard input that never ends: it waits there, with nothing to answer yet.
        Process process = new ProcessBuilder(
                        "bash", "-c", "set -m; exec " + Shell.espalier("-Xlog:safepoint*=off") + " solve -")
                .redirectError(folder.resolve("err").toFile())
                .start();
        try {
            awaitMain(process);
            new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid()))
                    .start()
                    .waitFor();
            assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
        } finally {
            process.destroyForcibly();
        }
        assertThat(process.exitValue()).isEqualTo(Integer.parseInt(signalAndCode.split(":")[1]));
        assertThat(Files.readString(folder.resolve("err"))).isEmpty();
    }

    /** Java catches signals from early on; until then they end it with the same codes. */
    private static void awaitMain(Process process) {
        Waiting.until("Java has started", () -> {
            String status = Files.readString(Path.of("/proc/" + process.pid() + "/maps"));
            return status.contains("libnio") || status.contains("libnet");
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "NO_COLOR=1", "TERM=dumb"})
    void colours(String environment) throws Exception {
        String terminal = Shell.espalier("-Despalier.terminal=out,err");
        Shell solve = Shell.run(folder, "env -u NO_COLOR TERM=xterm " + environment + " " + terminal + SOLVE);
        Shell help = Shell.run(folder, "env -u NO_COLOR TERM=xterm " + environment + " " + terminal + " --help");
        if (environment.isEmpty()) {
            assertThat(solve.out()).contains("\u001b[");
            assertThat(solve.err()).contains("\u001b[33m");
            assertThat(help.out()).contains("\u001b[");
        } else {
            assertThat(solve.out() + help.out()).doesNotContain("\u001b");
            assertThat(solve.err()).doesNotContain("\u001b[3", "\u001b[9");
        }
        if (environment.equals("TERM=dumb")) {
            assertThat(solve.err()).doesNotContain("\r");
        }
    }

    /** The name of a file, that in a file, and its template would each clear the screen. */
    @Test
    void whatFilesSayIsQuoted() throws Exception {
        String hostile = "\u001b[2J\u0007\u202e\u009b";
        Path model = folder.resolve("m\u001b[2J\nx.gguf");
        new GgufWriter()
                .text("general.architecture", "llama" + hostile)
                .text("general.name", "name" + hostile)
                .tensor("t", 64)
                .write(model);
        for (String command :
                List.of("models inspect ", "solve x --policy ", "score --problem x --solution - --prm ")) {
            String line =
                    Shell.espalier("-Despalier.terminal=out,err") + " " + command + Shell.quoted(model.toString());
            Shell shell = Shell.run(folder, "echo x | " + line);
            String all = (shell.out() + shell.err()).replaceAll("\u001b\\[[0-9;]*m", "");
            assertThat(all).contains("\\u001b[2J").doesNotContain("\u001b", "\u0007", "\u202e", "\u009b");
        }
    }
}
