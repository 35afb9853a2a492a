package org.espalier.catalog;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;

/** Stores of models for tests: with a catalogue of their own, room for everything, and nothing of other tools. */
final class TestStore {
    private TestStore() {}

    /**
     * A store.
     *
     * @param yaml of the catalogue
     * @param folder for its models and a home
     */
    static ModelStore of(String yaml, Path folder, Map<String, String> environment) {
        return new ModelStore(
                Catalog.read(new ByteArrayInputStream(yaml.getBytes(StandardCharsets.UTF_8)), "test"),
                folder.resolve("models"),
                new PipSource(),
                where -> Long.MAX_VALUE,
                new BundledModels(),
                new ModelStore.StoreEnvironment(environment, new FoundModels(Map.of(), folder.resolve("home"))));
    }
}
