package org.espalier.catalog;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.espalier.model.EspalierException;
import org.jspecify.annotations.Nullable;

/** Runs a program that does a part of the work, such as a package manager, and does not leave it running. */
public final class ProgramRun {
    private static final long POLL_MILLIS = 100;
    private static final int SHELL_COMMAND_NOT_FOUND = 127;

    private ProgramRun() {}

    /**
     * How a program ended.
     *
     * @param output what it wrote to standard output and standard error
     */
    public record Outcome(int exitCode, String output) {
        /** Whether a shell did not find it. */
        public boolean isMissing() {
            return exitCode == SHELL_COMMAND_NOT_FOUND;
        }
    }

    /**
     * Runs a program to its end. It gets no input.
     *
     * @param log where its output goes
     * @param poll is called about ten times a second
     * @return null if there is no such program
     * @throws EspalierException if the thread is interrupted
     */
    public static @Nullable Outcome run(ProcessBuilder program, Path log, Runnable poll) throws IOException {
        Process process;
        try {
            process = program.redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
        } catch (IOException noSuchProgram) {
            return null;
        }
        Thread stopper = new Thread(() -> stop(process), "stop-program");
        Runtime.getRuntime().addShutdownHook(stopper);
        try {
            process.getOutputStream().close();
            while (!process.waitFor(POLL_MILLIS, TimeUnit.MILLISECONDS)) {
                poll.run();
            }
            return new Outcome(process.exitValue(), Files.readString(log, StandardCharsets.ISO_8859_1));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EspalierException("interrupted", e);
        } finally {
            stop(process);
            forget(stopper);
        }
    }

    /** Ends a program if it runs, with those that a wrapper script of that name has started. */
    private static void stop(Process process) {
        process.descendants().forEach(ProcessHandle::destroy);
        process.destroy();
    }

    private static void forget(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException shuttingDown) {
            // The hook is doing its work.
            return;
        }
    }
}
