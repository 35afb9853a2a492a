package org.espalier.catalog;

import com.fasterxml.jackson.annotation.JsonAutoDetect;
import com.fasterxml.jackson.annotation.JsonInclude;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.Stream;
import org.espalier.model.EspalierException;
import org.espalier.model.Reason;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** The models that a user has added to those that Espalier knows: a catalogue file beside them. */
final class UserModels {
    static final String FILE = "own-models.yaml";

    private final Path folder;

    private record Document(List<CatalogEntry> models) {}

    /** @param folder where the models lie */
    UserModels(Path folder) {
        this.folder = folder;
    }

    /** @throws EspalierException if the file is none of ours */
    List<CatalogEntry> read() {
        Path file = folder.resolve(FILE);
        if (!Files.exists(file)) {
            return List.of();
        }
        try {
            return CatalogReader.read(Files.readString(file)).models();
        } catch (IllegalArgumentException e) {
            throw new EspalierException(
                    "%s is not a catalogue of models: %s; correct or delete it".formatted(file, e.getMessage()), e);
        } catch (IOException e) {
            throw new EspalierException("cannot read %s: %s".formatted(file, Reason.of(e)), e);
        }
    }

    /** Adds a model, in place of one of the same name. */
    void add(CatalogEntry entry) throws IOException {
        replace(entry.name(), Stream.of(entry));
    }

    /** Takes a model off the list. */
    void remove(String name) throws IOException {
        replace(name, Stream.of());
    }

    private void replace(String name, Stream<CatalogEntry> with) throws IOException {
        Files.createDirectories(folder);
        ProcessLock.holding(folder.resolve(FILE + ".lock"), () -> {}, () -> {
            List<CatalogEntry> all = Stream.concat(
                            read().stream().filter(other -> !other.name().equals(name)), with)
                    .toList();
            Path partial = folder.resolve(FILE + ".partial");
            Files.writeString(partial, writer().writeValueAsString(new Document(all)));
            return Files.move(partial, folder.resolve(FILE), StandardCopyOption.ATOMIC_MOVE);
        });
    }

    private static YAMLMapper writer() {
        return YAMLMapper.builder()
                .changeDefaultPropertyInclusion(all -> all.withValueInclusion(JsonInclude.Include.NON_EMPTY))
                .changeDefaultVisibility(all -> all.withIsGetterVisibility(JsonAutoDetect.Visibility.NONE))
                .build();
    }
}
