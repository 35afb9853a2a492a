package org.espalier.catalog;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.espalier.model.EspalierException;

/**
 * Keeps all but one thread of all processes out of a fetch. The system drops it when its process ends, however it ends;
 * the file stays, because deleting it would let a third party lock a new file of the same name.
 */
public final class StoreLock implements AutoCloseable {
    private static final long POLL_MILLIS = 100;

    /** Closing a second channel on a file may drop the first one's lock, so threads must not even open it. */
    private static final Set<Path> HELD_HERE = ConcurrentHashMap.newKeySet();

    private final Path file;
    private final FileChannel channel;

    private StoreLock(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /**
     * Waits until the lock is free.
     *
     * @param waiting called once if somebody else has it
     * @throws EspalierException if the thread is interrupted
     */
    static StoreLock acquire(Path file, Runnable waiting) throws IOException {
        Path key = file.toAbsolutePath().normalize();
        Runnable once = once(waiting);
        while (!HELD_HERE.add(key)) {
            pause(once);
        }
        FileChannel channel = null;
        boolean acquired = false;
        try {
            channel = FileChannel.open(key, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            while (channel.tryLock() == null) {
                pause(once);
            }
            acquired = true;
            return new StoreLock(key, channel);
        } finally {
            if (!acquired) {
                if (channel != null) {
                    channel.close();
                }
                HELD_HERE.remove(key);
            }
        }
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
        try {
            channel.close();
        } finally {
            HELD_HERE.remove(file);
        }
    }
}
