package org.espalier.eval;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.espalier.catalog.ProcessLock;
import org.espalier.model.EspalierException;
import org.espalier.model.Parameter;
import org.espalier.model.Wording;

/**
 * Keeps all but one writer of all processes out of a run: taken before anything of the run is compared or written, and held
 * until its last record is.
 */
public final class RunLock implements AutoCloseable {
    private static final String FOLDERS_OWN = "run.lock";

    private final ProcessLock lock;

    private RunLock(ProcessLock lock) {
        this.lock = lock;
    }

    /**
     * Of a folder that is there, by its {@code run.lock}.
     *
     * @throws EspalierException if somebody else writes there, or the lock cannot be taken
     */
    static RunLock ofFolder(Path folder) {
        return take(folder, folder.resolve(FOLDERS_OWN));
    }

    /**
     * Of a file of records that need not be there yet, by the file beside it that is called as it is with {@code .lock}. A
     * link is locked as the file that it leads to.
     *
     * @throws EspalierException if somebody else writes there, or the lock cannot be taken
     */
    public static RunLock ofFile(Path file) {
        try {
            Path real = Files.exists(file) ? file.toRealPath() : file;
            return take(file, real.resolveSibling(real.getFileName() + ".lock"));
        } catch (IOException e) {
            throw new EspalierException("cannot lock " + file + ": " + e.getMessage(), e);
        }
    }

    private static RunLock take(Path what, Path lockFile) {
        try {
            return ProcessLock.tryAcquire(lockFile)
                    .map(RunLock::new)
                    .orElseThrow(() -> new EspalierException(Wording.of(
                            "another process is writing to %s: wait until it has ended, or give another %s",
                            what, Parameter.of("out"))));
        } catch (IOException e) {
            throw new EspalierException("cannot lock " + what + " with " + lockFile + ": " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        try {
            lock.close();
        } catch (IOException e) {
            throw new EspalierException("cannot unlock the run: " + e.getMessage(), e);
        }
    }
}
