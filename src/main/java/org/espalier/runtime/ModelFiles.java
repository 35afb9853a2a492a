package org.espalier.runtime;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.IntStream;
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
     * @param words of all vocabularies that are still to be loaded
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

    /** All of them, the policy's first. */
    List<Path> all() {
        return Stream.concat(Stream.of(policy), others.stream()).toList();
    }

    /**
     * Returns the shapes with llama.cpp's buffers; empty if a header does not say enough.
     *
     * @param loaded whether a file's weights and vocabulary are in memory already
     */
    Optional<Shapes> shapes(Predicate<Path> loaded) {
        Optional<ModelShape> writing = shape(policy, loaded);
        List<ModelShape> beside =
                others.stream().flatMap(file -> shape(file, loaded).stream()).toList();
        if (writing.isEmpty() || beside.size() < others.size()) {
            return Optional.empty();
        }
        List<Path> all = all();
        long words = IntStream.range(0, all.size())
                .filter(i -> !loaded.test(all.get(i)))
                .mapToLong(i ->
                        i == 0 ? writing.get().vocabulary() : beside.get(i - 1).vocabulary())
                .sum();
        return Optional.of(new Shapes(writing.get(), beside.stream().reduce(ModelShape::and), words));
    }

    private static Optional<ModelShape> shape(Path file, Predicate<Path> loaded) {
        return loaded.test(file) ? MemoryNeed.shapeOfLoaded(file) : MemoryNeed.shape(file, true);
    }
}
