package org.espalier.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * {@code espalier serve} in a process of its own, at any free port, with one thread.
 *
 * @param url without {@code /v1}
 */
record ServerProcess(Process process, String url) implements AutoCloseable {
    /** Waits until it serves. */
    static ServerProcess start(Path err, String... options) throws IOException {
        return start(err, List.of(), options);
    }

    /** The same with options for Java. */
    static ServerProcess start(Path err, List<String> java, String... options) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(java);
        command.addAll(List.of(
                "-cp",
                System.getProperty("java.class.path"),
                "org.espalier.cli.Main",
                "serve",
                "--port",
                "0",
                "--threads",
                "1"));
        command.addAll(List.of(options));
        if (!command.contains("--history")) {
            // Not into the history of whoever runs the tests.
            command.add("--no-history");
        }
        Process process =
                new ProcessBuilder(command).redirectError(err.toFile()).start();
        BufferedReader out = process.inputReader();
        String line = out.readLine();
        assertThat(line).matches("Espalier serves http://\\S+:\\d+/v1");
        return new ServerProcess(process, line.substring(line.indexOf("http"), line.lastIndexOf('/')));
    }

    /** Asks it to end, as Ctrl-C does. */
    void terminate() throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-TERM", Long.toString(process.pid()))
                .start()
                .waitFor();
    }

    /** Waits for its end. */
    int exitCode() throws InterruptedException {
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        return process.exitValue();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
