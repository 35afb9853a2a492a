package org.espalier.runtime;

import java.nio.file.Path;
import java.util.Comparator;
import java.util.Optional;
import org.espalier.catalog.CatalogEntry;
import org.espalier.catalog.CatalogEntry.Role;
import org.espalier.catalog.ModelFile;
import org.espalier.catalog.ModelStore;
import org.espalier.model.EspalierException;
import org.espalier.model.PieceName;
import org.espalier.model.Problem;
import org.espalier.model.Wording;

/**
 * Whether models fit into the memory, by their headers, before minutes are spent on loading them. What is refused here would
 * be refused when they are loaded; what passes may still be refused then, where the numbers are exact.
 */
final class EarlyFit {
    /** With so many times their files' bytes there is no need to read their headers. */
    private static final int PLENTY = 3;

    private static final long LEAST_BESIDE = 512L << 20;
    private static final int CHARACTERS_PER_TOKEN = 4;
    /** What a small model takes beside its file: Java, a cache, buffers. */
    private static final long SMALL_BESIDE = 512L << 20;

    private EarlyFit() {}

    /**
     * Passes if they may fit.
     *
     * @param larger policy's file, if there is to be one
     * @param shared what is loaded already, and takes no more memory
     * @throws EspalierException if they cannot
     */
    static void require(
            ResolvedModels models,
            Optional<ModelFile> larger,
            ResourceSettings resources,
            Workload work,
            MemoryAllowance memory,
            SharedModels shared) {
        ModelFiles files = ModelFiles.of(models, larger);
        if (!memory.countsAll() || PLENTY * files.bytes() + LEAST_BESIDE < memory.bytes()) {
            return;
        }
        files.shapes(file -> shared.has(file, resources.modelOptions())).ifPresent(shapes -> {
            int prompt = work.problems().stream()
                    .map(Problem::text)
                    .mapToInt(text -> text.length() / CHARACTERS_PER_TOKEN)
                    .max()
                    .orElse(0);
            Placement.of(
                    resources,
                    shapes.policy(),
                    resources.attentionOrPreferred(),
                    shapes.beside(),
                    prompt,
                    work.withInFlight(1),
                    memory.limitBefore(shapes.words(), () -> smaller(files.policy(), memory.bytes())));
        });
    }

    /** Proposes a model that fits. */
    static Optional<Wording> smaller(Path policy, long memory) {
        long bytes = PieceName.bytesOf(policy);
        return ModelStore.open().catalog().entries().stream()
                .filter(entry -> entry.role() == Role.POLICY
                        && entry.bundled().isEmpty()
                        && entry.bytes() < bytes
                        && entry.bytes() + entry.bytes() / 4 + SMALL_BESIDE <= memory)
                .max(Comparator.comparingLong(CatalogEntry::bytes))
                .map(entry -> Wording.of("or use a smaller model, such as %s", entry.name()));
    }
}
