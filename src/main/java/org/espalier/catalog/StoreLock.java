package org.espalier.catalog;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.espalier.model.EspalierException;

/** Keeps all but one thread of all processes out of a fetch: a {@link ProcessLock} that is waited for. */
public final class StoreLock implements AutoCloseable {
    private static final long POLL_MILLIS = 100;

    private final ProcessLock lock;

    private StoreLock(ProcessLock lock) {
        this.lock = lock;
    }

    /**
     * Waits until the lock is free.
     *
     * @param waiting called once if somebody else has it
     * @throws EspalierException if the thread is interrupted
     */
    static StoreLock acquire(Path file, Runnable waiting) throws IOException {
        Runnable once = once(waiting);
        Optional<ProcessLock> lock = ProcessLock.tryAcquire(file);
        while (lock.isEmpty()) {
            pause(once);
            lock = ProcessLock.tryAcquire(file);
        }
        return new StoreLock(lock.get());
    }

    /** What is done while nobody else does it. */
    @FunctionalInterface
    public interface Work<T> {
        T run() throws IOException;
    }

    /**
     * Does something while holding a lock.
     *
     * @param waiting called once if somebody else has it
     * @throws EspalierException if the thread is interrupted
     */
    public static <T> T holding(Path file, Runnable waiting, Work<T> work) throws IOException {
        StoreLock lock = acquire(file, waiting);
        try {
            return work.run();
        } finally {
            lock.close();
        }
    }

    private static Runnable once(Runnable task) {
        boolean[] done = new boolean[1];
        return () -> {
            if (!done[0]) {
                done[0] = true;
                task.run();
            }
        };
    }

    private static void pause(Runnable waiting) {
        waiting.run();
        try {
            Thread.sleep(POLL_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EspalierException("interrupted while somebody else was fetching the same file", e);
        }
    }

    @Override
    public void close() throws IOException {
        lock.close();
    }
}
