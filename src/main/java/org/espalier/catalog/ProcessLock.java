package org.espalier.catalog;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.espalier.model.EspalierException;

/**
 * A lock that one holder of all processes has. It is on a file of its own, which nothing but this class opens: on POSIX
 * systems a process loses its locks on a file as soon as it closes any channel of that file. The system drops the lock when
 * its process ends, however it ends; the file stays, because deleting it would let a third party lock a new file of the
 * same name.
 */
public final class ProcessLock implements AutoCloseable {
    /** What identifies the files that are locked here, by whatever path they were reached. */
    private static final Set<Object> HELD_HERE = ConcurrentHashMap.newKeySet();

    private static final long POLL_MILLIS = 100;

    private final Object key;
    private final FileChannel channel;

    /** Something done while nobody else does it. */
    @FunctionalInterface
    public interface Work<T> {
        T run() throws IOException;
    }

    private ProcessLock(Object key, FileChannel channel) {
        this.key = key;
        this.channel = channel;
    }

    /**
     * Takes a lock if nobody has it, in this process or another one.
     *
     * @param file that is for this lock alone; made if it is not there
     * @return empty if it is held
     */
    public static Optional<ProcessLock> tryAcquire(Path file) throws IOException {
        Object key = key(file);
        if (!HELD_HERE.add(key)) {
            return Optional.empty();
        }
        FileChannel channel = null;
        boolean acquired = false;
        try {
            channel = FileChannel.open(file, StandardOpenOption.WRITE);
            acquired = channel.tryLock() != null;
            return acquired ? Optional.of(new ProcessLock(key, channel)) : Optional.empty();
        } catch (OverlappingFileLockException e) {
            // Held by this class as another class loader has it.
            return Optional.empty();
        } finally {
            if (!acquired) {
                if (channel != null) {
                    channel.close();
                }
                HELD_HERE.remove(key);
            }
        }
    }

    /**
     * Waits until a lock is free and takes it.
     *
     * @param waiting called once if somebody else has it
     * @throws EspalierException if the thread is interrupted
     */
    static ProcessLock acquire(Path file, Runnable waiting) throws IOException {
        Optional<ProcessLock> lock = tryAcquire(file);
        if (lock.isEmpty()) {
            waiting.run();
        }
        while (lock.isEmpty()) {
            pause();
            lock = tryAcquire(file);
        }
        return lock.get();
    }

    /**
     * Does something while holding a lock, which is waited for.
     *
     * @param waiting called once if somebody else has it
     * @throws EspalierException if the thread is interrupted
     */
    public static <T> T holding(Path file, Runnable waiting, Work<T> work) throws IOException {
        ProcessLock lock = acquire(file, waiting);
        try {
            return work.run();
        } finally {
            lock.close();
        }
    }

    private static void pause() {
        try {
            Thread.sleep(POLL_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EspalierException("interrupted while another process was fetching the same file", e);
        }
    }

    /** The file's identity, told without opening a file that is there. */
    private static Object key(Path file) throws IOException {
        try {
            Files.createFile(file);
        } catch (FileAlreadyExistsException e) {
            // It stays from an earlier holder.
        }
        Object identity = Files.readAttributes(file, BasicFileAttributes.class).fileKey();
        return identity == null ? file.toRealPath() : identity;
    }

    @Override
    public void close() throws IOException {
        try {
            channel.close();
        } finally {
            HELD_HERE.remove(key);
        }
    }
}
