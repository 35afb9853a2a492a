package org.espalier.runtime;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.espalier.catalog.ModelFile;
import org.espalier.catalog.ModelStore;
import org.espalier.llama.ModelTrial;
import org.espalier.model.EspalierException;
import org.espalier.model.Internal;
import org.espalier.model.Parameter;
import org.espalier.model.PieceName;
import org.espalier.model.Wording;
import org.espalier.runtime.TriedFiles.Use;
import org.jspecify.annotations.Nullable;

/**
 * Has a file that never ran here loaded and decoded once in a process of its own, before this one loads it: llama.cpp ends the
 * process where a file is not what it takes for granted. What ran is remembered as long as the file stays as it is.
 */
@Internal
public final class LoadCheck {
    /** The environment variable that switches it off for all commands. */
    static final String VARIABLE = "ESPALIER_LOAD_CHECK";

    private static final Parameter WITHOUT = Parameter.of("loadCheck").with(false);
    private static final Duration LEAST_LIMIT = Duration.ofMinutes(2);
    /** A slow disk's, and then some for the tokens. */
    private static final long BYTES_A_SECOND = 20_000_000;

    private static final Duration NOTE_AFTER = Duration.ofSeconds(2);
    /** Smaller files take so long only where the machine is busy, and then everything does. */
    private static final long NOTE_FROM_BYTES = 64_000_000;

    private final boolean on;
    private final TriedFiles tried;
    private final Predicate<ModelFile> pinned;
    private final int gpuLayers;
    private final int threads;
    private final RuntimeListener listener;

    /** @param pinned which files are known to be what this version was tested with */
    LoadCheck(
            boolean on,
            TriedFiles tried,
            Predicate<ModelFile> pinned,
            int gpuLayers,
            int threads,
            RuntimeListener listener) {
        this.on = on;
        this.tried = tried;
        this.pinned = pinned;
        this.gpuLayers = gpuLayers;
        this.threads = threads;
        this.listener = listener;
    }

    /** @param wanted whether the caller's options ask for it; the environment may still switch it off */
    public static LoadCheck of(boolean wanted, int gpuLayers, int threads, RuntimeListener listener) {
        boolean off = "off".equalsIgnoreCase(System.getenv(VARIABLE));
        ModelStore store = ModelStore.open();
        return new LoadCheck(
                wanted && !off,
                new TriedFiles(store.cacheFolder().resolve("ran")),
                store::isPinned,
                gpuLayers,
                threads,
                listener);
    }

    /**
     * Returns where this process may load the files.
     *
     * @param adapter null for the model as it is
     * @param readsHead whether a head is read in place of logits
     * @throws EspalierException if they ended the process that tried them, or it did not end in time
     */
    public void require(ModelFile model, @Nullable Path adapter, boolean readsHead) {
        if (!on || (adapter == null && pinned.test(model))) {
            return;
        }
        List<Path> paths = new ArrayList<>(PieceName.filesOf(model.path()));
        if (adapter != null) {
            paths.add(adapter);
        }
        Use use = new Use(
                paths, "espalier %s, head %s, GPU layers %d".formatted(EspalierVersion.own(), readsHead, gpuLayers));
        if (tried.contains(use)) {
            return;
        }
        try {
            // Of before the trial, so that a file that is replaced under it is tried again.
            String identity = use.identity();
            Watch watch = new Watch(model.name(), bytes(paths), listener);
            ModelTrial.Files files = new ModelTrial.Files(model.path(), adapter, readsHead);
            int workers = Math.min(threads, Runtime.getRuntime().availableProcessors());
            if (TrialRun.run(files, gpuLayers, workers, watch) == TrialRun.End.RAN) {
                tried.add(use, identity);
            }
        } catch (IOException unreadable) {
            // To be said by who loads it.
            return;
        }
    }

    private static long bytes(List<Path> paths) throws IOException {
        long bytes = 0;
        for (Path path : paths) {
            bytes += Files.size(path);
        }
        return bytes;
    }

    /** Says once what takes so long, and ends what takes too long. */
    static final class Watch implements Runnable {
        private final String name;
        private final Duration limit;
        private final Duration noteAfter;
        private final RuntimeListener listener;
        private final long began = System.nanoTime();
        private boolean said;

        /** @param bytes of all files together */
        Watch(String name, long bytes, RuntimeListener listener) {
            this(
                    name,
                    LEAST_LIMIT.plusSeconds(bytes / BYTES_A_SECOND),
                    bytes < NOTE_FROM_BYTES ? LEAST_LIMIT : NOTE_AFTER,
                    listener);
        }

        Watch(String name, Duration limit, Duration noteAfter, RuntimeListener listener) {
            this.name = name;
            this.limit = limit;
            this.noteAfter = noteAfter;
            this.listener = listener;
        }

        @Override
        public void run() {
            Duration elapsed = Duration.ofNanos(System.nanoTime() - began);
            if (elapsed.compareTo(limit) > 0) {
                throw new EspalierException(Wording.of(
                        "llama.cpp cannot run %s: it did not decode a few tokens within %d s in a separate process: get the"
                                + " file again, or another one (%s leaves this trial out)",
                        name, limit.toSeconds(), WITHOUT));
            }
            if (!said && elapsed.compareTo(noteAfter) > 0) {
                said = true;
                listener.warning(Wording.of(
                        "Trying %s once in a separate process, as it is new here (%s leaves this out)", name, WITHOUT));
            }
        }
    }
}
