package org.espalier.catalog;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.espalier.model.EspalierException;
import org.espalier.model.ExitHook;
import org.jspecify.annotations.Nullable;

/** Runs a program that does a part of the work, such as a package manager, and does not leave it running. */
public final class ProgramRun {
    private static final long POLL_MILLIS = 100;
    private static final int SHELL_COMMAND_NOT_FOUND = 127;

    /** Variables that make an interpreter or a shell read what they name, and git work elsewhere. */
    private static final Pattern LEFT_OUT = Pattern.compile("PYTHON.*|GIT_.*|BASH_ENV|ENV|CDPATH");

    private static final List<String> SEARCH_PATHS = List.of("PATH", "LD_LIBRARY_PATH");

    private ProgramRun() {}

    /**
     * A program that is kept from the user's current folder, where it would find code or settings that nobody meant: it
     * works in another one, and its variables name no place relative to where it works. Proxies, indexes, certificates
     * and whatever else users set programs up with stay.
     *
     * @param folder where it works, which is the caller's own; a program of the command that is named by a relative path is
     *     looked for there
     */
    public static ProcessBuilder apart(Path folder, List<String> command) {
        ProcessBuilder program = new ProcessBuilder(command)
                .directory(folder.toAbsolutePath().normalize().toFile());
        Map<String, String> environment = program.environment();
        environment.keySet().removeIf(name -> LEFT_OUT.matcher(name).matches());
        environment.put("PWD", program.directory().toString());
        for (String path : SEARCH_PATHS) {
            environment.computeIfPresent(path, (name, value) -> absoluteOnly(value));
        }
        return program;
    }

    /** Without empty entries too, which mean the current folder. */
    static String absoluteOnly(String searchPath) {
        return Stream.of(searchPath.split(File.pathSeparator))
                .filter(entry -> !entry.isEmpty() && new File(entry).isAbsolute())
                .collect(Collectors.joining(File.pathSeparator));
    }

    /**
     * How a program ended.
     *
     * @param output what it wrote to standard output and standard error
     */
    public record Outcome(int exitCode, String output) {
        /** Returns whether a shell did not find it. */
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
        ExitHook stopper = ExitHook.add(() -> stop(process));
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
            stopper.remove();
        }
    }

    /** Ends a program if it runs, with those that a wrapper script of that name has started. */
    private static void stop(Process process) {
        process.descendants().forEach(ProcessHandle::destroy);
        process.destroy();
    }
}
