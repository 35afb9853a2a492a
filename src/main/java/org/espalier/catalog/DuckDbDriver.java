package org.espalier.catalog;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.espalier.model.EspalierException;
import org.espalier.model.FetchListener;
import org.espalier.model.Reason;
import org.espalier.model.Wording;

/**
 * The jar of DuckDB's driver, which reads Parquet files. It is fetched when the first one is read, because it is many
 * times as large as Espalier. Its bytes are checked at each use: it is code, and the folder is the user's.
 */
public final class DuckDbDriver {
    static final String ARTIFACT = "org.duckdb:duckdb_jdbc:2.0.0.1";
    static final String FILE = "duckdb_jdbc-2.0.0.1.jar";

    private static final String NAME = "DuckDB's driver";
    static final long BYTES = 80_297_452;
    static final String SHA256 = "6cb8b0e0fc51b2e45aead2d2c1e1fd09dd10267db2966e69aaab0de67319f826";

    private final Path folder;
    private final MavenSource source;
    private final String sha256;

    DuckDbDriver(Path folder, MavenSource source, String sha256) {
        this.folder = folder.toAbsolutePath().normalize();
        this.source = source;
        this.sha256 = sha256;
    }

    /** In the user's own folder. */
    public static DuckDbDriver open() {
        return new DuckDbDriver(CacheFolder.own().resolve("lib"), new MavenSource(), SHA256);
    }

    /**
     * The jar, fetched if it is not here. Somebody without Maven may put it into its place.
     *
     * @throws EspalierException if it cannot be fetched, or if the file in its place is another one
     */
    public Path fetch(FetchListener listener) {
        Path jar = folder.resolve(FILE);
        try {
            if (Files.notExists(jar)) {
                Files.createDirectories(folder);
                ProcessLock lock = ProcessLock.acquire(folder.resolve(FILE + ".lock"), () -> listener.waiting(NAME));
                try {
                    fetchLocked(jar, listener);
                } finally {
                    lock.close();
                }
            }
            String found = Sha256.of(jar);
            if (!found.equals(sha256)) {
                throw new EspalierException("%s has SHA-256 %s, and %s has %s: delete it to have it fetched"
                        .formatted(jar, found, ARTIFACT, sha256));
            }
            return jar;
        } catch (IOException e) {
            throw failure(jar, "%s (in %s)".formatted(Reason.of(e), folder), e);
        }
    }

    private void fetchLocked(Path jar, FetchListener listener) throws IOException {
        if (Files.exists(jar)) {
            return;
        }
        Path partial = folder.resolve(FILE + ".partial");
        FileTree.delete(partial);
        Files.createDirectory(partial);
        listener.progress(NAME, 0, BYTES);
        try {
            // Maven downloads into a folder of its own, of which nobody but Maven knows where it is.
            source.download(ARTIFACT, partial, () -> listener.progress(NAME, 0, BYTES));
            Path downloaded = partial.resolve(FILE);
            if (!Files.isRegularFile(downloaded)) {
                throw new EspalierException("Maven left no " + FILE);
            }
            String found = Sha256.of(downloaded);
            if (!found.equals(sha256)) {
                throw new EspalierException("what Maven has as %s has SHA-256 %s".formatted(ARTIFACT, found));
            }
            Files.move(downloaded, jar, StandardCopyOption.ATOMIC_MOVE);
        } catch (EspalierException e) {
            throw failure(jar, e.wording(), e);
        } finally {
            FileTree.delete(partial);
        }
        listener.progress(NAME, BYTES, BYTES);
        listener.finished(NAME);
    }

    /** @param reason a text or a {@link Wording} */
    private EspalierException failure(Path jar, Object reason, Exception cause) {
        return new EspalierException(
                Wording.of(
                        "cannot fetch %s, which reads Parquet files: %s; to do without, put the jar of %s (%s, SHA-256 %s) at %s",
                        NAME, reason, ARTIFACT, ErrorText.size(BYTES), sha256, jar),
                cause);
    }
}
