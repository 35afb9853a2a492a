package org.espalier.llama;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.CodeSource;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.espalier.catalog.BundledLibraries;
import org.espalier.model.EspalierException;
import org.espalier.model.Reason;

/**
 * libespalier and the llama.cpp it is linked to, loaded once.
 *
 * <p>It is looked for in the directory that the system property {@value #DIRECTORY_PROPERTY} names, or else in
 * {@code native/} beside the jar or the classes directory, or else in the jar, which is unpacked. The file
 * {@code llama.root} there names the directory of llama.cpp's libraries, among which the CPU backend for this machine
 * is chosen; without it they are in the same directory.
 *
 * <p>Several class loaders of one JVM may each load it. They share llama.cpp.
 */
public final class NativeLibrary {
    /** System property: the directory that holds libespalier and {@code llama.root}. */
    public static final String DIRECTORY_PROPERTY = "espalier.native.dir";

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
            Path directory = directory();
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

    /** @throws EspalierException if the library is nowhere */
    private static Path directory() {
        String named = System.getProperty(DIRECTORY_PROPERTY);
        if (named != null) {
            Path directory = Path.of(named).toAbsolutePath();
            if (!hasLibrary(directory)) {
                throw new EspalierException("-D%s names %s, which has no %s: scripts/build-native builds it"
                        .formatted(DIRECTORY_PROPERTY, directory, FILE));
            }
            return directory;
        }
        return besideCode()
                .filter(NativeLibrary::hasLibrary)
                .or(() -> new BundledLibraries().unpack(platform()))
                .orElseThrow(() -> new EspalierException(("this build of Espalier has no native library for %s: build"
                                + " it there, or name the directory of a %s with -D%s")
                        .formatted(platform(), FILE, DIRECTORY_PROPERTY)));
    }

    /** This platform as JNA names it; without JNA, because a trial's class path is Espalier's jar alone. */
    private static String platform() {
        String processor = System.getProperty("os.arch", "");
        return System.getProperty("os.name", "").toLowerCase(Locale.ROOT) + "-"
                + (processor.equals("amd64") ? "x86-64" : processor);
    }

    private static boolean hasLibrary(Path directory) {
        return Files.isRegularFile(directory.resolve(FILE));
    }

    /**
     * The directory {@code native} beside the jar or the classes directory; empty for code that is in no plain file.
     */
    private static Optional<Path> besideCode() {
        CodeSource source = NativeLibrary.class.getProtectionDomain().getCodeSource();
        if (source == null || !source.getLocation().getProtocol().equals("file")) {
            return Optional.empty();
        }
        try {
            return Optional.of(Path.of(source.getLocation().toURI()).resolveSibling("native"));
        } catch (URISyntaxException e) {
            return Optional.empty();
        }
    }

    private static native int initialise(byte[] backendDirectory);

    private static native byte[] lastMessage();

    private static native byte[] describe();

    private static native boolean attends();

    private static native boolean offloads();

    private static native long freeOnGpu();
}
