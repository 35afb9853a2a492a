package org.espalier.catalog;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.espalier.model.EspalierException;
import org.espalier.model.Reason;
import org.jspecify.annotations.Nullable;

/**
 * Unpacks the native libraries that travel in the jar, once, into the cache folder: a dynamic linker only reads files. A
 * folder is named after the bytes in it, so that versions of Espalier do not disturb each other. JNA's own extraction does
 * not serve here: it renames each file, while these libraries find each other by name.
 */
public final class BundledLibraries {
    static final String FOLDER = "org/espalier/natives/";

    /** The list that {@code scripts/bundle-natives} writes: SHA-256, bytes and name of a library a line. */
    static final String LIST = "files";

    private static final int DIGITS_OF_A_NAME = 16;

    private final Path cache;
    private final Function<String, @Nullable InputStream> resources;

    /** Creates the unpacker of this build, into the user's cache folder. */
    public BundledLibraries() {
        this(CacheFolder.own(), name -> BundledLibraries.class.getResourceAsStream("/" + name));
    }

    /** @param resources opens a resource by its path, as a class loader does */
    BundledLibraries(Path cache, Function<String, @Nullable InputStream> resources) {
        this.cache = cache;
        this.resources = resources;
    }

    private record Library(String sha256, long bytes, String name) {
        static Library parse(String line) {
            String[] parts = line.split(" ", 3);
            return new Library(parts[0], Long.parseLong(parts[1]), parts[2]);
        }

        boolean isIn(Path folder) {
            return folder.resolve(name).toFile().length() == bytes;
        }
    }

    /**
     * Unpacks the libraries of one platform, unless they are in the cache folder already. Safe for several processes at once.
     *
     * @param platform as JNA names it, such as {@code linux-x86-64}
     * @return the folder that holds them; empty if this build carries none for the platform
     * @throws EspalierException if they cannot be written, or one has not the bytes that the list says
     */
    public Optional<Path> unpack(String platform) {
        try (InputStream in = resources.apply(FOLDER + platform + "/" + LIST)) {
            if (in == null) {
                return Optional.empty();
            }
            byte[] list = in.readAllBytes();
            String digest = HexFormat.of().formatHex(Sha256.digest().digest(list));
            Path natives = cache.resolve("natives");
            Path folder = natives.resolve(platform + "-" + digest.substring(0, DIGITS_OF_A_NAME));
            List<Library> libraries = new String(list, StandardCharsets.UTF_8)
                    .lines()
                    .map(Library::parse)
                    .toList();
            if (!isWhole(folder, libraries)) {
                Files.createDirectories(natives);
                Path lock = folder.resolveSibling(folder.getFileName() + ".lock");
                ProcessLock.holding(lock, () -> {}, () -> unpackLocked(platform, folder, libraries));
            }
            return Optional.of(folder);
        } catch (IOException e) {
            throw new EspalierException(
                    "cannot unpack the native libraries (%s): name a folder that can be written with ESPALIER_CACHE"
                            .formatted(Reason.of(e)),
                    e);
        }
    }

    private static boolean isWhole(Path folder, List<Library> libraries) {
        return libraries.stream().allMatch(one -> one.isIn(folder));
    }

    private Path unpackLocked(String platform, Path folder, List<Library> libraries) throws IOException {
        if (isWhole(folder, libraries)) {
            return folder;
        }
        Path partial = folder.resolveSibling(folder.getFileName() + ".partial");
        FileTree.delete(partial);
        Files.createDirectory(partial);
        for (Library library : libraries) {
            copy(FOLDER + platform + "/" + library.name(), partial.resolve(library.name()), library.sha256());
        }
        FileTree.delete(folder);
        return Files.move(partial, folder, StandardCopyOption.ATOMIC_MOVE);
    }

    private void copy(String resource, Path file, String sha256) throws IOException {
        try (InputStream in = resources.apply(resource)) {
            if (in == null || !Sha256.copying(in, file).equals(sha256)) {
                throw new EspalierException(
                        resource + " is not in this build as its list says: build again or get Espalier again");
            }
        }
        if (!resource.endsWith(".so")
                && !resource.contains(".so.")
                && !file.toFile().setExecutable(true)) {
            throw new IOException(file + " cannot be made a program");
        }
    }
}
