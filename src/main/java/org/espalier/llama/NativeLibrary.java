package org.espalier.llama;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.espalier.catalog.NativeFolder;
import org.espalier.model.EspalierException;
import org.espalier.model.Reason;

/**
 * libespalier and the llama.cpp it is linked to, loaded once.
 *
 * <p>It lies in the {@link NativeFolder}. The file {@code llama.root} there names the directory of llama.cpp's libraries, among
 * which the CPU backend for this machine is chosen; without it they are in the same directory.
 *
 * <p>Several class loaders of one JVM may each load it. They share llama.cpp.
 */
public final class NativeLibrary {
    private static final String FILE = System.mapLibraryName("espalier");

    private static final Object LOADED = new Object();

    private NativeLibrary() {}

    /** A failure is kept: a second attempt would meet a half-loaded library. */
    private static final class Holder {
        static final Object RESULT = load();
    }

    /**
     * Loads the library if that has not been done.
     *
     * @throws EspalierException if it is missing or does not belong to the llama.cpp beside it
     */
    public static void ensureLoaded() {
        if (Holder.RESULT instanceof EspalierException failure) {
            throw new EspalierException(String.valueOf(failure.getMessage()), failure);
        }
    }

    /** Whether {@code ulimit -v} bounds what this process may map, which its libraries and threads need much of. */
    public static boolean hasBoundedMemory() {
        return !AddressSpace.hint().isEmpty();
    }

    /** The llama.cpp version, then one line for each device that it can compute on. */
    public static List<String> description() {
        ensureLoaded();
        return new String(describe(), UTF_8).lines().toList();
    }

    static boolean hasTreeAttention() {
        ensureLoaded();
        return attends();
    }

    static boolean hasGpu() {
        ensureLoaded();
        return offloads();
    }

    static long gpuBytesFree() {
        ensureLoaded();
        return freeOnGpu();
    }

    /** Returns what the latest native call on this thread left as its message; empty if nothing. */
    static String message() {
        return new String(lastMessage(), UTF_8);
    }

    private static Object load() {
        try {
            Path directory = NativeFolder.find();
            link(directory.resolve(FILE));
            Path root = directory.resolve("llama.root");
            String backends = Files.isRegularFile(root) ? Files.readString(root).strip() : directory.toString();
            StatusMapper.check(initialise(backends.getBytes(UTF_8)), "use llama.cpp");
            return LOADED;
        } catch (EspalierException e) {
            return e;
        } catch (IOException e) {
            return new EspalierException("cannot load the native library: " + Reason.of(e), e);
        } catch (UnsatisfiedLinkError | NoSuchMethodError e) {
            return new EspalierException("cannot load the native library: " + e.getMessage() + AddressSpace.hint(), e);
        }
    }

    /** @throws UnsatisfiedLinkError if the file, or one that it needs, cannot be loaded */
    private static void link(Path library) throws IOException {
        try {
            System.load(library.toString());
        } catch (UnsatisfiedLinkError e) {
            if (!String.valueOf(e.getMessage()).contains("another classloader")) {
                throw e;
            }
            // The JVM gives a file to one class loader only, and knows it by its path.
            Path copy = Files.createTempFile("espalier", FILE);
            try {
                Files.copy(library, copy, StandardCopyOption.REPLACE_EXISTING);
                System.load(copy.toString());
            } finally {
                Files.delete(copy);
            }
        }
    }

    private static native int initialise(byte[] backendDirectory);

    private static native byte[] lastMessage();

    private static native byte[] describe();

    private static native boolean attends();

    private static native boolean offloads();

    private static native long freeOnGpu();
}
