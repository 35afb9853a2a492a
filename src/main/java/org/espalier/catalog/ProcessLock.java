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

/**
 * A lock that one holder of all processes has. It is on a file of its own, which nothing but this class opens: on POSIX
 * systems a process loses its locks on a file as soon as it closes any channel of that file. The system drops the lock when
 * its process ends, however it ends; the file stays, because deleting it would let a third party lock a new file of the
 * same name.
 */
public final class ProcessLock implements AutoCloseable {
    /** What identifies the files that are locked here, by whatever path they were reached. */
    private static final Set<Object> HELD_HERE = ConcurrentHashMap.newKeySet();

    private final Object key;
    private final FileChannel channel;

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
