package org.espalier.catalog;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.espalier.model.EspalierException;
import org.espalier.model.Reason;
import org.espalier.model.UsageException;

/** Deletes models from the store: what was fetched can be fetched again, what was added by its user leaves the list. */
public final class ModelRemover {
    private final ModelStore store;

    public ModelRemover(ModelStore store) {
        this.store = store;
    }

    /**
     * Deletes a model's files.
     *
     * @return how many bytes that freed
     * @throws UsageException if there is no such model here, it comes with Espalier, or another tool keeps it
     * @throws EspalierException if a file cannot be deleted
     */
    public long remove(String name) {
        store.found().stream()
                .filter(model -> model.name().equals(name))
                .findFirst()
                .ifPresent(model -> {
                    throw new UsageException(
                            "%s is kept by %s, at %s: remove it there".formatted(name, model.tool(), model.path()));
                });
        CatalogEntry entry = store.catalog().get(name);
        if (entry.isBundled()) {
            throw new UsageException(entry.name() + " comes with Espalier: it cannot be removed");
        }
        return store.alone(entry.name(), () -> {}, () -> {
            List<Path> files = files(entry);
            if (files.isEmpty() && !store.isOwn(entry)) {
                throw new UsageException(entry.name() + " has not been fetched: there is nothing to remove");
            }
            long bytes = 0;
            try {
                for (Path file : files) {
                    bytes += Files.size(file);
                    Files.delete(file);
                }
                if (store.isOwn(entry)) {
                    new UserModels(store.folder()).remove(entry.name());
                }
            } catch (IOException e) {
                throw new EspalierException("cannot remove %s: %s".formatted(entry.name(), Reason.withFile(e)), e);
            }
            return bytes;
        });
    }

    /** Its pieces, its head, marks, and what was left of a fetch that was cut off; not its lock. */
    private List<Path> files(CatalogEntry entry) throws IOException {
        if (!Files.isDirectory(store.folder())) {
            return List.of();
        }
        Path whole = store.path(entry);
        try (Stream<Path> all = Files.list(store.folder())) {
            return all.filter(Files::isRegularFile)
                    .filter(file -> isOf(entry, whole, file.getFileName().toString()))
                    .toList();
        }
    }

    private static boolean isOf(CatalogEntry entry, Path whole, String file) {
        String stem = entry.name();
        return file.equals(whole.getFileName().toString())
                || List.of(".verified", ".first-sha256", ".head.gguf", ".partial", ".gguf").stream()
                        .anyMatch(ending -> file.equals(stem + ending))
                || file.matches(java.util.regex.Pattern.quote(stem) + "-\\d{5}-of-\\d{5}\\.gguf");
    }
}
