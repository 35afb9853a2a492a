package org.espalier.catalog;

import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import java.util.function.Function;
import org.espalier.model.EspalierException;
import org.jspecify.annotations.Nullable;

/**
 * The models that come with this build, as resources beside its classes. llama.cpp reads files only: those of a build's
 * own folder are used where they lie, and those inside a jar are copied out. A package has them beside its jar, which
 * then lacks them.
 */
final class BundledModels {
    static final String FOLDER = "org/espalier/models/";
    /** Where Maven leaves what it packs into the jar beside it. */
    private static final String CLASSES = "classes";
    /** Where {@code scripts/package} leaves them. */
    private static final String PACKAGED = "models";

    private static final String OWN_CLASS = "org/espalier/catalog/BundledModels.class";

    private final Function<String, @Nullable URL> resources;

    BundledModels() {
        this(name -> BundledModels.class.getResource("/" + name));
    }

    /** @param resources finds a resource by its path, as a class loader does */
    BundledModels(Function<String, @Nullable URL> resources) {
        this.resources = resources;
    }

    /**
     * The file of a model that needs no copy.
     *
     * @return empty if it is inside a jar
     * @throws EspalierException if this build lacks the model or has another one in its place
     */
    Optional<Path> inPlace(CatalogEntry entry) throws IOException {
        URL url = resources.apply(path(entry));
        if (url == null) {
            return Optional.of(checked(entry, packaged(entry)));
        }
        if (url.getProtocol().equals("file")) {
            return Optional.of(checked(entry, file(url)));
        }
        return jarOf(url).flatMap(jar -> besideJar(entry, jar));
    }

    private Path packaged(CatalogEntry entry) throws IOException {
        URL own = resources.apply(OWN_CLASS);
        Optional<Path> jar = own == null ? Optional.empty() : jarOf(own);
        return jar.map(file -> file.resolveSibling(PACKAGED).resolve(file(entry)))
                .filter(Files::isRegularFile)
                .orElseThrow(() -> lacking(entry));
    }

    private static Path file(URL url) throws IOException {
        try {
            return Path.of(url.toURI());
        } catch (URISyntaxException e) {
            throw new IOException("no file can be told from " + url, e);
        }
    }

    /** The jar that a resource is in, if it is in one. */
    private static Optional<Path> jarOf(URL url) throws IOException {
        return url.openConnection() instanceof JarURLConnection jar
                ? Optional.of(file(jar.getJarFileURL()))
                : Optional.empty();
    }

    private static Path checked(CatalogEntry entry, Path file) throws IOException {
        long bytes = Files.size(file);
        if (bytes != entry.bytes()) {
            throw new EspalierException(
                    "%s has %d bytes, and %s of the catalogue has %d: get the whole file, or correct "
                                    .formatted(file, bytes, entry.name(), entry.bytes())
                            + "models.yaml, and build again");
        }
        return file;
    }

    private static Optional<Path> besideJar(CatalogEntry entry, Path jar) {
        Path file = jar.resolveSibling(CLASSES).resolve(path(entry));
        return Files.isRegularFile(file) && file.toFile().length() == entry.bytes()
                ? Optional.of(file)
                : Optional.empty();
    }

    /**
     * Copies a model out of its jar and into its place, where it appears complete or not at all.
     *
     * @throws EspalierException if its bytes are not those of the catalogue
     */
    void unpack(CatalogEntry entry, Path target) throws IOException {
        Path partial = target.resolveSibling(target.getFileName() + ".partial");
        String sha256;
        try (InputStream in = resource(entry).openStream()) {
            sha256 = Sha256.copying(in, partial);
        }
        if (!sha256.equals(entry.sha256())) {
            Files.delete(partial);
            throw new EspalierException("%s in this build has SHA-256 %s, not %s: build again or get Espalier again"
                    .formatted(path(entry), sha256, entry.sha256()));
        }
        Files.move(partial, target, StandardCopyOption.ATOMIC_MOVE);
    }

    private URL resource(CatalogEntry entry) {
        URL url = resources.apply(path(entry));
        if (url == null) {
            throw lacking(entry);
        }
        return url;
    }

    private static EspalierException lacking(CatalogEntry entry) {
        return new EspalierException("this build lacks " + path(entry) + ": build again from a complete checkout");
    }

    private static String path(CatalogEntry entry) {
        return FOLDER + file(entry);
    }

    private static String file(CatalogEntry entry) {
        return entry.bundled().orElseThrow();
    }
}
