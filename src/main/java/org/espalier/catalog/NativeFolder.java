package org.espalier.catalog;

import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.Locale;
import java.util.Optional;
import org.espalier.model.EspalierException;

/**
 * The folder of libespalier and the programs that were built with it: the one that the system property {@value #PROPERTY} names, or
 * else {@code native/} beside the jar or the classes directory, or else what the jar carries, unpacked. Stateless.
 */
public final class NativeFolder {
    /** System property: the directory that holds libespalier and {@code llama.root}. */
    public static final String PROPERTY = "espalier.native.dir";

    private static final String LIBRARY = System.mapLibraryName("espalier");

    private NativeFolder() {}

    /** @throws EspalierException if the library is nowhere */
    public static Path find() {
        String named = System.getProperty(PROPERTY);
        if (named != null) {
            Path directory = Path.of(named).toAbsolutePath();
            if (!hasLibrary(directory)) {
                throw new EspalierException("-D%s names %s, which has no %s: scripts/build-native builds it"
                        .formatted(PROPERTY, directory, LIBRARY));
            }
            return directory;
        }
        return besideCode()
                .filter(NativeFolder::hasLibrary)
                .or(() -> new BundledLibraries().unpack(platform()))
                .orElseThrow(() -> new EspalierException(("this build of Espalier has no native library for %s: build"
                                + " it there, or name the directory of a %s with -D%s")
                        .formatted(platform(), LIBRARY, PROPERTY)));
    }

    /** This platform as JNA names it; without JNA, because a trial's class path is Espalier's jar alone. */
    private static String platform() {
        String processor = System.getProperty("os.arch", "");
        return System.getProperty("os.name", "").toLowerCase(Locale.ROOT) + "-"
                + (processor.equals("amd64") ? "x86-64" : processor);
    }

    private static boolean hasLibrary(Path directory) {
        return Files.isRegularFile(directory.resolve(LIBRARY));
    }

    /**
     * The directory {@code native} beside the jar or the classes directory; empty for code that is in no plain file.
     */
    private static Optional<Path> besideCode() {
        CodeSource source = NativeFolder.class.getProtectionDomain().getCodeSource();
        if (source == null || !source.getLocation().getProtocol().equals("file")) {
            return Optional.empty();
        }
        try {
            return Optional.of(Path.of(source.getLocation().toURI()).resolveSibling("native"));
        } catch (URISyntaxException e) {
            return Optional.empty();
        }
    }
}
