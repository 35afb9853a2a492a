package org.espalier.catalog;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.espalier.gguf.GgufHeader;
import org.espalier.model.EspalierException;
import org.espalier.model.PieceName;

/** The files of the catalogue's models in a folder: where they lie, which digests they are to have, and which were checked. */
record StoredFiles(Path folder) {
    private static final String EXTENSION = ".gguf";

    /** Hexadecimal digits that tell the bundled models of one version of Espalier from those of another. */
    private static final int DIGEST_DIGITS = 12;

    /** Where a model of the catalogue lies once it is in the folder: fetched, or copied out of a jar. */
    Path path(CatalogEntry entry) {
        String from = entry.from().orElse("").replaceFirst("[?#].*$", "");
        return PieceName.of(from.substring(from.lastIndexOf('/') + 1))
                .map(piece ->
                        folder.resolve(piece.withNumber(1).withStem(stem(entry)).fileName()))
                .orElseGet(() -> beside(entry, EXTENSION));
    }

    /** A file that lies beside a model's, with this ending in the place of its own. */
    Path beside(CatalogEntry entry, String ending) {
        return folder.resolve(stem(entry) + ending);
    }

    boolean isWhole(CatalogEntry entry) {
        return PieceName.filesOf(path(entry)).stream().allMatch(Files::isRegularFile);
    }

    /** Returns what the names of a model's files in the folder begin with. */
    private static String stem(CatalogEntry entry) {
        return entry.isBundled() ? entry.name() + "-" + entry.sha256().substring(0, DIGEST_DIGITS) : entry.name();
    }

    /** Where the digest of a first fetch is kept, for a model whose entry has none. */
    Path firstDigest(CatalogEntry entry) {
        return beside(entry, ".first-sha256");
    }

    void keepFirstDigest(CatalogEntry entry, String sha256) throws IOException {
        WholeFile.write(firstDigest(entry), sha256 + "\n");
    }

    /** The digest that a model's file is to have: the catalogue's, else that of its first fetch; empty before that. */
    String expected(CatalogEntry entry) throws IOException {
        Path first = firstDigest(entry);
        return entry.sha256().isEmpty() && Files.isRegularFile(first)
                ? Files.readString(first, StandardCharsets.ISO_8859_1).strip()
                : entry.sha256();
    }

    ModelFile found(CatalogEntry entry) throws IOException {
        return new ModelFile(entry.name(), path(entry), expected(entry));
    }

    /** @throws EspalierException if the file is not what is expected */
    void verify(CatalogEntry entry) throws IOException {
        Path path = path(entry);
        if (expected(entry).isEmpty()) {
            ModelPieces.requireWhole(path, GgufHeader.read(path).requireLoadable());
            keepFirstDigest(entry, ModelPieces.digest(path));
            return;
        }
        long bytes = ModelPieces.bytes(path);
        boolean otherSize = !entry.sha256().isEmpty() && bytes != entry.bytes();
        if (otherSize || !ModelPieces.digest(path).equals(expected(entry))) {
            throw new EspalierException("%s (%d bytes) is not %s (%d bytes, SHA-256 %s): delete it to have it fetched"
                    .formatted(path, bytes, entry.name(), entry.bytes(), expected(entry)));
        }
    }

    /**
     * The file beside a model that says which bytes were checked: reading them all at each start would take too long.
     */
    private Path verifiedMark(CatalogEntry entry) {
        return beside(entry, ".verified");
    }

    /** The file is now as it was checked, or as it was made. */
    void markVerified(CatalogEntry entry) throws IOException {
        WholeFile.write(verifiedMark(entry), verifiedText(entry));
    }

    private String verifiedText(CatalogEntry entry) throws IOException {
        Path path = path(entry);
        long changed = 0;
        for (Path file : PieceName.filesOf(path)) {
            changed = Math.max(changed, Files.getLastModifiedTime(file).toMillis());
        }
        return "%s %d %d%n".formatted(expected(entry), ModelPieces.bytes(path), changed);
    }

    boolean isVerified(CatalogEntry entry) throws IOException {
        return isWhole(entry)
                && !expected(entry).isEmpty()
                && Files.isRegularFile(verifiedMark(entry))
                && Files.readString(verifiedMark(entry), StandardCharsets.ISO_8859_1)
                        .equals(verifiedText(entry));
    }
}
