package org.espalier.cli;

import java.util.List;
import java.util.Set;
import org.espalier.catalog.Catalog;
import org.espalier.llama.AvailableMemory;
import org.espalier.llama.NativeLibrary;
import org.espalier.model.EspalierException;
import org.jspecify.annotations.Nullable;

/** Loads what commands with models need while their options are read, which takes a tenth of a second. */
final class Preloading {
    /** Commands with models. */
    private static final Set<String> COMMANDS =
            Set.of("solve", "chat", "score", "eval", "serve", "rollouts", "calibrate", "tune", "bench");

    private Preloading() {}

    /**
     * Begins, if these arguments are of such a command. A failure is told by what first needs what failed to load.
     *
     * @return what does it; null if nothing is loaded
     */
    static @Nullable Thread begin(String[] arguments) {
        // A thread that has no room for the libraries' thread-local data ends the process.
        if (!isWanted(arguments) || NativeLibrary.hasBoundedMemory()) {
            return null;
        }
        Thread loading = new Thread(Preloading::load, "espalier-preloading");
        loading.setDaemon(true);
        loading.start();
        return loading;
    }

    /** The process must not end in the middle: what the library tears down might just be in use. */
    static void await(@Nullable Thread loading) {
        try {
            if (loading != null) {
                loading.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    static boolean isWanted(String[] arguments) {
        List<String> all = List.of(arguments);
        return !all.isEmpty()
                && COMMANDS.contains(all.get(0))
                && !HelpTexts.isAskedFor(all)
                && all.stream().noneMatch(argument -> argument.equals("--server") || argument.startsWith("--server="));
    }

    private static void load() {
        try {
            NativeLibrary.ensureLoaded();
            Catalog.bundled();
            AvailableMemory.totalBytes();
        } catch (EspalierException toldLater) {
            // Whoever needs it meets the same.
        }
    }
}
