package org.espalier.catalog;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.espalier.model.EspalierException;
import org.espalier.model.PieceName;
import org.espalier.model.Reason;
import org.jspecify.annotations.Nullable;

/**
 * A model on this machine.
 *
 * @param name its name in the catalogue; otherwise its file's name without the extension
 * @param path of its GGUF file, the first one if it is in pieces
 * @param knownSha256 the digest that the file was verified to have, for a model of the catalogue; null for other files,
 *     and for a bundled model that lies in the folder of a build
 */
public record ModelFile(String name, Path path, @Nullable String knownSha256) {
    /**
     * SHA-256 of the file in lower-case hexadecimal, of a model in pieces over those of all. Reads the whole file, a second or so for each gigabyte, unless its digest
     * is known or was computed on this machine since the file last changed. Ends when the thread is interrupted.
     *
     * @throws EspalierException if the file cannot be read
     */
    public String sha256() {
        if (knownSha256 != null) {
            return knownSha256;
        }
        try {
            List<String> each = new ArrayList<>();
            for (Path file : PieceName.filesOf(path)) {
                each.add(FileDigests.own().of(file));
            }
            return ModelPieces.digest(each);
        } catch (IOException e) {
            throw new EspalierException("cannot read " + path + ": " + Reason.of(e), e);
        }
    }
}
