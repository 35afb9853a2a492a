package org.espalier.llama;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.espalier.model.EspalierException;

/**
 * The files that a model's weights are mapped from, held open to tell whether they are what they were. A process that reads
 * a part of a mapped file that has been cut off is ended by the system, so a context asks before each step. Replacing a
 * file by renaming another one over it leaves the mapped one as it is, and is no change. Safe for use by several threads.
 */
final class MappedFiles extends NativeHandle {
    private final List<Path> files;

    private MappedFiles(long handle, List<Path> files) {
        super(handle, "the mapped files");
        this.files = files;
    }

    /**
     * Opens files that are to be mapped after that.
     *
     * @throws EspalierException if one cannot be opened
     */
    static MappedFiles open(List<Path> files) {
        byte[][] paths = files.stream()
                .map(file -> file.toAbsolutePath().toString().getBytes(UTF_8))
                .toArray(byte[][]::new);
        long handle = open(paths);
        if (handle == 0) {
            throw StatusMapper.failure("open the model's files");
        }
        return new MappedFiles(handle, files);
    }

    /** A file that has changed since it was opened. */
    Optional<Path> changed() {
        long handle = acquire();
        try {
            int index = changed(handle);
            return index < 0 ? Optional.empty() : Optional.of(files.get(index));
        } finally {
            release();
        }
    }

    /** Bytes of weights that were copied out of the files when they were loaded; 0 if they are read where they lie. */
    long copiedBytes() {
        long handle = acquire();
        try {
            return copiedBytes(handle);
        } finally {
            release();
        }
    }

    /** Makes a context ask at each step, and keeps the files open for it until {@link #release()}. */
    void guard(long context) {
        StatusMapper.check(guard(acquire(), context), "watch the model's files");
    }

    @Override
    void free(long handle) {
        close(handle);
    }

    private static native long open(byte[][] paths);

    private static native void close(long handle);

    private static native int changed(long handle);

    private static native long copiedBytes(long handle);

    private static native int guard(long handle, long context);
}
