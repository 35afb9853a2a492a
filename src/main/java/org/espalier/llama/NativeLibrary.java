package org.espalier.llama;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.List;
import org.espalier.model.EspalierException;
import org.espalier.model.Reason;
import org.jspecify.annotations.Nullable;

/**
 * libespalier and the llama.cpp it is linked to, loaded once.
 *
 * <p>It is looked for in the directory that the system property {@value #DIRECTORY_PROPERTY} names, or else in
 * {@code native/} beside the jar or the classes directory. The file {@code llama.root} there names the directory of
 * llama.cpp's libraries, among which the CPU backend for this machine is chosen.
 */
public final class NativeLibrary {
    /** System property: the directory that holds libespalier and {@code llama.root}. */
    public static final String DIRECTORY_PROPERTY = "espalier.native.dir";

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

    /** The llama.cpp version, then one line for each device that it can compute on. */
    public static List<String> description() {
        ensureLoaded();
        return new String(describe(), UTF_8).lines().toList();
    }

    static boolean hasGpu() {
        ensureLoaded();
        return offloads();
    }

    static long gpuBytesFree() {
        ensureLoaded();
        return freeOnGpu();
    }

    /** What the latest native call on this thread left as its message; empty if nothing. */
    static String message() {
        return new String(lastMessage(), UTF_8);
    }

    private static Object load() {
        try {
            Path directory = directory();
            Path library = directory.resolve(System.mapLibraryName("espalier"));
            if (!Files.isRegularFile(library)) {
                return new EspalierException("the native library " + library
                        + " is missing: build it with scripts/build-native, or name its directory with -D"
                        + DIRECTORY_PROPERTY);
            }
            System.load(library.toString());
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

    private static Path directory() {
        String named = System.getProperty(DIRECTORY_PROPERTY);
        if (named != null) {
            return Path.of(named).toAbsolutePath();
        }
        Path code = codeLocation();
        return (code == null ? Path.of("") : code).toAbsolutePath().resolveSibling("native");
    }

    private static @Nullable Path codeLocation() {
        CodeSource source = NativeLibrary.class.getProtectionDomain().getCodeSource();
        try {
            return source == null ? null : Path.of(source.getLocation().toURI());
        } catch (URISyntaxException e) {
            return null;
        }
    }

    private static native int initialise(byte[] backendDirectory);

    private static native byte[] lastMessage();

    private static native byte[] describe();

    private static native boolean offloads();

    private static native long freeOnGpu();
}
