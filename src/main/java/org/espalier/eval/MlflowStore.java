package org.espalier.eval;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.espalier.catalog.FileTree;
import org.espalier.catalog.WholeFile;
import org.espalier.model.UsageException;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/**
 * A folder in the layout of MLflow's file store: {@code EXPERIMENT/RUN/} with {@code metrics}, {@code params}, {@code tags} and
 * {@code artifacts}, and a {@code meta.yaml} for each experiment and run. It may have been begun by MLflow itself.
 */
final class MlflowStore {
    private static final YAMLMapper YAML = new YAMLMapper();
    private static final String META = "meta.yaml";
    private static final String ACTIVE = "active";
    /** MLflow's numbers for a run that is done, and for one that was started on this machine. */
    private static final int FINISHED = 3;

    private static final int LOCAL = 4;
    /** An experiment's id has 18 digits: where the store is moved into a database, it has to be a number. */
    private static final long LEAST_ID = 100_000_000_000_000_000L;

    /** Hexadecimal digits of a run's. */
    private static final int RUN_ID = 32;

    private final Path root;

    /** @throws UsageException if the root is there and no folder */
    MlflowStore(Path root) throws IOException {
        if (Files.exists(root) && !Files.isDirectory(root)) {
            throw new UsageException(root + " is a file: name a folder for MLflow's runs");
        }
        this.root = Files.createDirectories(root.toAbsolutePath().normalize());
    }

    /** A run's id: that of another description is another. */
    static String runId(String description) {
        return Digests.sha256(description).substring(0, RUN_ID);
    }

    /** A text as it may be part of a metric's name. */
    static String key(String text) {
        return text.replaceAll("[^\\w. -]", "_");
    }

    /** Returns the id of the experiment that is so called, which is made if there is none. */
    String experiment(String name) throws IOException {
        String known = find(name);
        if (known != null) {
            return known;
        }
        long digest = Long.parseLong(Digests.sha256(name).substring(0, 15), 16);
        String id = Long.toString(LEAST_ID + digest % (9 * LEAST_ID));
        Path folder = Files.createDirectories(root.resolve(id));
        long now = System.currentTimeMillis();
        Map<String, Object> meta = new LinkedHashMap<>();
        meta.put("artifact_location", uri(folder));
        meta.put("creation_time", now);
        meta.put("experiment_id", id);
        meta.put("last_update_time", now);
        meta.put("lifecycle_stage", ACTIVE);
        meta.put("name", name);
        write(folder, meta);
        return id;
    }

    private @Nullable String find(String name) throws IOException {
        List<Path> experiments;
        try (Stream<Path> folders = Files.list(root)) {
            experiments = folders.filter(folder -> Files.isRegularFile(folder.resolve(META)))
                    .sorted()
                    .toList();
        }
        for (Path folder : experiments) {
            JsonNode meta = read(folder.resolve(META));
            if (meta.path("name").asString("").equals(name)
                    && meta.path("lifecycle_stage").asString(ACTIVE).equals(ACTIVE)) {
                return String.valueOf(folder.getFileName());
            }
        }
        return null;
    }

    private static JsonNode read(Path file) throws IOException {
        try {
            return YAML.readTree(Files.readString(file));
        } catch (JacksonException e) {
            throw new IOException(file + " is not of MLflow's file store: " + e.getOriginalMessage(), e);
        }
    }

    /**
     * Begins a run; what it was before is deleted. MLflow sees it from {@link Run#finish}.
     *
     * @param start and end in milliseconds of the epoch
     */
    Run run(String experiment, String id, String name, long start, long end) throws IOException {
        Path folder = root.resolve(experiment).resolve(id);
        FileTree.delete(folder);
        for (String part : List.of("metrics", "params", "tags", "artifacts")) {
            Files.createDirectories(folder.resolve(part));
        }
        Map<String, Object> meta = new LinkedHashMap<>();
        meta.put("artifact_uri", uri(folder.resolve("artifacts")));
        meta.put("end_time", end);
        meta.put("entry_point_name", "");
        meta.put("experiment_id", experiment);
        meta.put("lifecycle_stage", ACTIVE);
        meta.put("run_id", id);
        meta.put("run_name", name);
        meta.put("run_uuid", id);
        meta.put("source_name", "");
        meta.put("source_type", LOCAL);
        meta.put("source_version", "");
        meta.put("start_time", start);
        meta.put("status", FINISHED);
        meta.put("tags", List.of());
        meta.put("user_id", System.getProperty("user.name", ""));
        return new Run(folder, meta, end);
    }

    /** A run that is being written. */
    record Run(Path folder, Map<String, Object> meta, long time) {
        /** @param metrics by name, then by step */
        void metrics(Map<String, Map<Integer, Double>> metrics) throws IOException {
            for (Map.Entry<String, Map<Integer, Double>> metric : metrics.entrySet()) {
                String lines = metric.getValue().entrySet().stream()
                        .map(at -> "%d %s %d\n".formatted(time, at.getValue(), at.getKey()))
                        .collect(Collectors.joining());
                put("metrics", metric.getKey(), lines);
            }
        }

        void parameters(Map<String, String> parameters) throws IOException {
            for (Map.Entry<String, String> parameter : parameters.entrySet()) {
                put("params", parameter.getKey(), parameter.getValue());
            }
        }

        void tags(Map<String, String> tags) throws IOException {
            for (Map.Entry<String, String> tag : tags.entrySet()) {
                put("tags", tag.getKey(), tag.getValue());
            }
            put("tags", "mlflow.runName", String.valueOf(meta.get("run_name")));
            put("tags", "mlflow.user", String.valueOf(meta.get("user_id")));
        }

        Path artifacts() {
            return folder.resolve("artifacts");
        }

        /** A name with a slash is a file in a folder. */
        private void put(String part, String name, String content) throws IOException {
            Path file = folder.resolve(part).resolve(name);
            Files.createDirectories(Objects.requireNonNull(file.getParent()));
            Files.writeString(file, content);
        }

        void finish() throws IOException {
            write(folder, meta);
        }
    }

    private static void write(Path folder, Map<String, Object> meta) throws IOException {
        WholeFile.write(folder.resolve(META), YAML.writeValueAsString(meta));
    }

    private static String uri(Path folder) {
        String uri = folder.toUri().toString();
        return uri.endsWith("/") ? uri.substring(0, uri.length() - 1) : uri;
    }
}
