package org.espalier.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A second Java process with this one's class path: what only shows between two. */
public final class OtherProcess implements AutoCloseable {
    private static final int MINUTES = 3;
    private final Process process;

    private OtherProcess(Process process) {
        this.process = process;
    }

    /** Starts the main method of a class. Its standard error is this process's. */
    public static OtherProcess start(Class<?> main, Object... arguments) {
        return start(ProcessBuilder.Redirect.INHERIT, main, arguments);
    }

    /** @param errors where its standard error goes */
    public static OtherProcess start(ProcessBuilder.Redirect errors, Class<?> main, Object... arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path")));
        String natives = System.getProperty("espalier.native.dir");
        if (natives != null) {
            command.add(1, "-Despalier.native.dir=" + natives);
        }
        command.add(main.getName());
        for (Object argument : arguments) {
            command.add(argument.toString());
        }
        try {
            return new OtherProcess(new ProcessBuilder(command)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(errors)
                    .start());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits until it has made a file that is not empty. */
    public void awaitFile(Path file) {
        Waiting.until(file + " of the other process", () -> {
            if (!process.isAlive()) {
                throw new AssertionError("the other process ended with " + process.exitValue());
            }
            return Files.exists(file) && Files.size(file) > 0;
        });
    }

    /** Ends its standard input. */
    public void endInput() throws IOException {
        process.getOutputStream().close();
    }

    /** Lets it do nothing until {@link #resume}: it keeps what it holds. */
    public void pause() throws IOException, InterruptedException {
        signal("STOP");
    }

    public void resume() throws IOException, InterruptedException {
        signal("CONT");
    }

    private void signal(String name) throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                .inheritIO()
                .start()
                .waitFor();
    }

    /** As {@code kill -9} does. */
    public void kill() throws InterruptedException {
        process.destroyForcibly();
        process.waitFor();
    }

    /** Waits for its exit code. */
    public int join() throws InterruptedException {
        if (!process.waitFor(MINUTES, TimeUnit.MINUTES)) {
            throw new AssertionError("the other process did not end");
        }
        return process.exitValue();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
