package org.espalier.spark;

import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.espalier.catalog.ModelFile;
import org.espalier.catalog.ModelStore;
import org.espalier.model.EspalierException;
import org.espalier.model.FetchListener;

/**
 * A model that every executor must have, byte by byte.
 *
 * @param name as the driver names it: of the catalogue, or a file
 * @param file the name of its file
 * @param sha256 of the driver's file
 */
record SharedModel(String name, String file, String sha256) implements Serializable {
    /** @param name that resolves to the file */
    static SharedModel of(String name, ModelFile model) {
        boolean catalogued = ModelStore.open().catalog().find(name).isPresent();
        return new SharedModel(
                catalogued ? name : model.path().toAbsolutePath().toString(),
                model.path().getFileName().toString(),
                model.sha256());
    }

    /**
     * Finds it on this machine: in the shared folder as {@code SHA256.gguf} or by its file's name, else as the driver names it, from
     * the catalogue or at the same place.
     *
     * @param folder that is shared; null if there is none
     * @return what {@link org.espalier.EspalierOptions#withPolicy(String)} takes
     * @throws EspalierException if it is not here, or what is here has other bytes
     */
    String find(String folder) {
        List<Path> candidates = folder == null
                ? List.of()
                : Stream.of(sha256 + ".gguf", file)
                        .map(Path.of(folder)::resolve)
                        .toList();
        for (Path candidate : candidates) {
            if (Files.isRegularFile(candidate)) {
                return requireSame(candidate.toString(), new ModelFile(file, candidate, null).sha256());
            }
        }
        return requireSame(
                name, ModelStore.open().resolve(name, FetchListener.NONE).sha256());
    }

    private String requireSame(String found, String digest) {
        if (!digest.equals(sha256)) {
            throw new EspalierException(
                    "%s on this executor has another SHA-256 (%s) than the driver's (%s): copy the driver's file to every machine, or into the folder of --models"
                            .formatted(found, digest, sha256));
        }
        return found;
    }
}
