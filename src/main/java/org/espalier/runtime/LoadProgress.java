package org.espalier.runtime;

import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.espalier.llama.PeakMemory;

/**
 * Tells a listener how far a large model is loaded, by how the process's memory grows: llama.cpp says nothing while it
 * reads a file that it maps. Says nothing where the system does not count that memory.
 */
final class LoadProgress implements AutoCloseable {
    /** A smaller file is there before anybody wonders. */
    static final long LEAST_BYTES = 256L << 20;

    private static final int PERIOD_MILLIS = 250;
    /** What else grows meanwhile is no copy of the weights yet. */
    private static final int LEAST_COPIED = 64 << 20;

    private final String name;
    private final long bytes;
    private final boolean maps;
    private final RuntimeListener listener;
    private final Supplier<Resident> memory;
    private final Resident before;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "espalier-load-progress");
        thread.setDaemon(true);
        return thread;
    });
    private boolean told;

    /** @param maps whether the file is mapped: it is in memory as a file's pages first, and then what is copied of it */
    LoadProgress(String name, long bytes, boolean maps, RuntimeListener listener) {
        this(name, bytes, maps, listener, Resident::now);
    }

    LoadProgress(String name, long bytes, boolean maps, RuntimeListener listener, Supplier<Resident> memory) {
        this.name = name;
        this.bytes = bytes;
        this.maps = maps;
        this.listener = listener;
        this.memory = memory;
        before = memory.get();
    }

    /** Tells now and then, from a thread of its own, until it is closed. */
    void start() {
        Future<?> unused =
                timer.scheduleWithFixedDelay(this::tell, PERIOD_MILLIS, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
    }

    synchronized void tell() {
        if (timer.isShutdown()) {
            return;
        }
        Resident now = memory.get();
        long copied = now.own() - before.own();
        boolean prepares = maps && copied > LEAST_COPIED;
        long done = maps && !prepares ? now.mapped() - before.mapped() : copied;
        if (done > 0) {
            told = true;
            listener.loading((prepares ? "Preparing " : "Reading ") + name, Math.min(done, bytes), bytes);
        }
    }

    @Override
    public synchronized void close() {
        timer.shutdownNow();
        if (told) {
            listener.loaded(name);
        }
    }

    /**
     * Memory of the process.
     *
     * @param mapped bytes that are a file's
     * @param own bytes that are no file's
     */
    record Resident(long mapped, long own) {
        static Resident now() {
            return new Resident(
                    PeakMemory.mappedBytes().orElse(0L), PeakMemory.ownBytes().orElse(0L));
        }
    }
}
