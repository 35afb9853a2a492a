package org.espalier.runtime;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.espalier.catalog.ModelFile;
import org.espalier.engine.MemoryPlan.ModelShape;
import org.espalier.model.PieceName;

/**
 * The files of a runtime's models. One is loaded once, whatever it is used for.
 *
 * @param policy its file, the first one if it is in pieces
 * @param others of those beside it, likewise
 */
record ModelFiles(Path policy, List<Path> others) {
    /**
     * What models need memory for, by their files' headers.
     *
     * @param beside all others together; empty if there are none
     * @param words of all vocabularies
     */
    record Shapes(ModelShape policy, Optional<ModelShape> beside, long words) {}

    /** @param larger policy's file, if there is to be one */
    static ModelFiles of(ResolvedModels models, Optional<ModelFile> larger) {
        Path policy = models.policy().path();
        List<Path> others = Stream.concat(Optional.ofNullable(models.judge()).stream(), larger.stream())
                .map(ModelFile::path)
                .filter(path -> !path.equals(policy))
                .distinct()
                .toList();
        return new ModelFiles(policy, others);
    }

    long bytes() {
        return PieceName.bytesOf(policy)
                + others.stream().mapToLong(PieceName::bytesOf).sum();
    }

    /** Returns the shapes with llama.cpp's buffers; empty if a header does not say enough. */
    Optional<Shapes> shapes() {
        Optional<ModelShape> writing = MemoryNeed.shape(policy, true);
        List<ModelShape> beside = others.stream()
                .flatMap(file -> MemoryNeed.shape(file, true).stream())
                .toList();
        return beside.size() < others.size()
                ? Optional.empty()
                : writing.map(shape -> new Shapes(
                        shape,
                        beside.stream().reduce(ModelShape::and),
                        shape.vocabulary()
                                + beside.stream()
                                        .mapToLong(ModelShape::vocabulary)
                                        .sum()));
    }
}
