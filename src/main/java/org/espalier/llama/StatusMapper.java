package org.espalier.llama;

import java.util.Locale;
import org.espalier.engine.ModelRunner.Outcome;
import org.espalier.model.EspalierException;

/**
 * The one place where what a native call came to becomes an outcome or an exception; see {@code native/src/status.h}.
 */
final class StatusMapper {
    private static final int FILE_CHANGED = -3;
    private static final Outcome[] OUTCOMES = Outcome.values();

    private StatusMapper() {}

    /**
     * The outcome that a status names.
     *
     * @param what was tried, such as "decode the batch"
     * @throws EspalierException if the status is an error
     */
    static Outcome outcome(int status, String what) {
        if (status >= 0 && status < OUTCOMES.length) {
            return OUTCOMES[status];
        }
        if (status == FILE_CHANGED) {
            throw changed(NativeLibrary.message());
        }
        throw failure(what);
    }

    /** @param file that a model's weights are mapped from */
    static EspalierException changed(String file) {
        return new EspalierException("the model file " + file + " has changed since it was loaded: restart");
    }

    static void check(int status, String what) {
        outcome(status, what);
    }

    /** Returns what a call that returned nothing failed with, on this thread. */
    static EspalierException failure(String what) {
        return new EspalierException(failed(what));
    }

    /** The same in words. */
    static String failed(String what) {
        String reason = reason(NativeLibrary.message());
        return "cannot " + what + (reason.isEmpty() ? "" : ": " + reason) + AddressSpace.hint();
    }

    /**
     * The first line of llama.cpp's log without the names of functions, or our own message as it is: the line that came
     * first names the cause, those after it what else failed because of it.
     */
    static String reason(String log) {
        String line = log.lines()
                .map(String::strip)
                .filter(l -> !l.isEmpty())
                .findFirst()
                .orElse("");
        for (String prefix : new String[] {"error loading model: ", "error loading model hyperparameters: "}) {
            int at = line.toLowerCase(Locale.ROOT).indexOf(prefix);
            if (at >= 0) {
                line = line.substring(at + prefix.length());
            }
        }
        return line.replaceFirst("^([A-Za-z_][A-Za-z0-9_:]*: )+(?=.)", "");
    }
}
