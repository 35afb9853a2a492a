package org.espalier.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.InvalidPathException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.espalier.model.EspalierException;
import org.espalier.model.Reason;
import org.espalier.model.UsageException;
import org.jspecify.annotations.Nullable;

/**
 * What a command ends with when it fails.
 *
 * @param message one line, for its user
 * @param code what the process ends with
 */
record Failure(String message, int code) {
    private static final FlagSpelling FLAGS = new FlagSpelling();

    /** What is told of something that was thrown. */
    static Failure of(Throwable thrown) {
        Throwable cause = thrown.getCause();
        boolean wraps = thrown instanceof CompletionException
                || thrown instanceof ExecutionException
                || thrown instanceof UncheckedIOException;
        if (wraps && cause != null) {
            return of(cause);
        }
        if (thrown instanceof EspalierException foreseen) {
            return new Failure(
                    foreseen.spelled(FLAGS), thrown instanceof UsageException ? ExitCode.BAD_USAGE : ExitCode.FAILED);
        }
        if (thrown instanceof InvalidPathException path) {
            return new Failure(Arguments.fileName(path.getInput()), ExitCode.BAD_USAGE);
        }
        if (thrown instanceof IOException io) {
            return new Failure(Reason.withFile(io), ExitCode.FAILED);
        }
        if (thrown instanceof OutOfMemoryError) {
            return new Failure(memory(text(thrown)), ExitCode.FAILED);
        }
        if (thrown instanceof NoClassDefFoundError && !text(thrown).contains(" ")) {
            return new Failure(
                    "this installation lacks " + text(thrown).replace('/', '.')
                            + "; the edge package is without what draws plots and what reads CSV and Parquet: take the"
                            + " desktop package for that",
                    ExitCode.FAILED);
        }
        return new Failure("internal error: " + thrown, ExitCode.INTERNAL_ERROR);
    }

    private static String memory(String what) {
        String advice = what.contains("heap")
                ? "give Java more, such as ESPALIER_JAVA_OPTS=-Xmx2g, or ask for less"
                : "raise this process's limit ('ulimit -v' tells it), or free some";
        return "out of memory (" + what + "): " + advice;
    }

    private static String text(Throwable thrown) {
        @Nullable String message = thrown.getMessage();
        return message == null ? thrown.getClass().getSimpleName() : message;
    }
}
