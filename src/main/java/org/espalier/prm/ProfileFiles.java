package org.espalier.prm;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Objects;
import tools.jackson.core.type.TypeReference;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** Reads the files of profiles that come with Espalier. Stateless. */
final class ProfileFiles {
    private ProfileFiles() {}

    static <T> List<T> load(String file, TypeReference<List<T>> type) {
        try (InputStream yaml = Objects.requireNonNull(
                ProfileFiles.class.getResourceAsStream(file), file + " is missing from the jar")) {
            return List.copyOf(new YAMLMapper().readValue(yaml, type));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
