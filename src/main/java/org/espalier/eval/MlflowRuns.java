package org.espalier.eval;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.espalier.catalog.WholeFile;
import org.espalier.model.EspalierException;
import org.espalier.model.Reason;
import org.espalier.model.UsageException;
import org.espalier.search.SearchMethod;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The rows of a report as runs in an {@link MlflowStore}: an experiment for the data set, and in it a run for each method and
 * selection, whose metrics have n as their step. What a row knows of all problems is a metric of its name; accuracy is one
 * for each level as well. Options are parameters, and what else is known of the machine is a tag. Written again, a run takes
 * the place of what it was.
 */
public final class MlflowRuns {
    /** MLflow refuses longer ones. */
    private static final int LONGEST_PARAMETER = 6000;

    /** What becomes one run. */
    private record Kind(String run, SearchMethod method, Criterion selection) {
        static Kind of(ReportRow row) {
            return new Kind(row.run(), row.method(), row.selection());
        }
    }

    /** Folders whose mean the rows are. */
    private record Group(JsonNode configuration, List<Path> folders) {}

    private final List<ReportRow> rows;
    private final Map<String, Group> groups;

    /**
     * @param rows of one data set
     * @param runs that they were made of
     * @param folders that the runs were read from, in the same order
     * @throws UsageException if two of the runs that do not repeat each other have one name
     */
    public MlflowRuns(List<ReportRow> rows, List<RunFolder> runs, List<Path> folders) {
        this.rows = rows;
        groups = groups(runs, folders);
    }

    private static Map<String, Group> groups(List<RunFolder> runs, List<Path> folders) {
        IdentityHashMap<RunFolder, Path> folderOf = new IdentityHashMap<>();
        for (int i = 0; i < runs.size(); i++) {
            folderOf.put(runs.get(i), folders.get(i));
        }
        Map<String, Group> groups = new LinkedHashMap<>();
        RunFolder.repetitions(runs).forEach((configuration, repeated) -> {
            String name = RunFolder.mean(repeated).name();
            Group group = new Group(
                    configuration, repeated.stream().map(folderOf::get).toList());
            if (groups.put(name, group) != null) {
                throw new UsageException(
                        "two different runs are called %s: rename the folder of one of them".formatted(name));
            }
        });
        return groups;
    }

    /**
     * Writes them all.
     *
     * @param root of the store, such as {@code mlruns}; made if it is not there
     * @throws EspalierException if it cannot be written
     */
    public void write(Path root) {
        Map<Kind, List<ReportRow>> kinds =
                rows.stream().collect(Collectors.groupingBy(Kind::of, LinkedHashMap::new, Collectors.toList()));
        try {
            MlflowStore store = new MlflowStore(root);
            String experiment = store.experiment(rows.get(0).dataset());
            for (Map.Entry<Kind, List<ReportRow>> entry : kinds.entrySet()) {
                write(store, experiment, entry.getKey(), entry.getValue());
            }
        } catch (IOException e) {
            throw new EspalierException("cannot write MLflow runs to " + root + ": " + Reason.of(e), e);
        }
    }

    private void write(MlflowStore store, String experiment, Kind kind, List<ReportRow> ofKind) throws IOException {
        Group group = groups.get(kind.run());
        if (group == null) {
            throw new IllegalArgumentException("rows of another report");
        }
        String name = "%s: %s, %s".formatted(kind.run(), kind.method().cliName(), kind.selection());
        String id = MlflowStore.runId(name + "\n" + group.configuration());
        long end = 0;
        long start = Long.MAX_VALUE;
        for (Path folder : group.folders()) {
            end = Math.max(end, modified(folder.resolve(RunFolder.RECORDS)));
            start = Math.min(start, started(folder));
        }
        MlflowStore.Run run = store.run(experiment, id, name, Math.min(start, end), end);
        run.metrics(metrics(ofKind));
        run.parameters(parameters(group.configuration(), kind));
        run.tags(tags(group));
        Path artifacts = run.artifacts();
        WholeFile.write(artifacts.resolve("rows.json"), ReportFiles.json(ofKind, List.of()) + "\n");
        for (Path folder : group.folders()) {
            Path copy = Files.createDirectories(
                    group.folders().size() == 1 ? artifacts : artifacts.resolve(nameOf(folder)));
            Files.copy(folder.resolve(RunFolder.RUN), copy.resolve(RunFolder.RUN));
        }
        run.finish();
    }

    /** By name and then n. A level's has the level behind its name. */
    private static Map<String, Map<Integer, Double>> metrics(List<ReportRow> rows) {
        Map<String, Map<Integer, Double>> metrics = new LinkedHashMap<>();
        for (ReportRow row : rows) {
            String level = row.level();
            String suffix = level == null ? "" : "_of_level/" + MlflowStore.key(level);
            MetricsOf of = (name, value) -> {
                if (value != null) {
                    metrics.computeIfAbsent(name + suffix, key -> new TreeMap<>())
                            .put(row.n(), value);
                }
            };
            of.put("accuracy", row.accuracy());
            of.put("accuracy_low", row.low());
            of.put("accuracy_high", row.high());
            of.put("problems", (double) row.problems());
            if (level == null) {
                of.put("seeds", (double) row.seeds());
                of.put("policy_tokens_per_problem", row.tokensPerProblem());
                of.put("prm_tokens_per_problem", row.prmTokensPerProblem());
                of.put("seconds_per_problem", row.secondsPerProblem());
                of.put("joules_per_problem", row.joulesPerProblem());
                of.put("price_per_problem", row.pricePerProblem());
            }
        }
        return metrics;
    }

    /** Enters a metric of a row; none if it is null. */
    private interface MetricsOf {
        void put(String name, @Nullable Double value);
    }

    /** What is one value, or a list of them; {@code run.json} has all. */
    private static Map<String, String> parameters(JsonNode configuration, Kind kind) {
        Map<String, String> parameters = new LinkedHashMap<>();
        configuration.properties().forEach(setting -> {
            JsonNode value = setting.getValue();
            boolean list = value.isArray() && value.valueStream().allMatch(JsonNode::isValueNode);
            if (value.isValueNode() && !value.isNull()) {
                parameters.put(setting.getKey(), value.asString());
            } else if (list) {
                parameters.put(
                        setting.getKey(),
                        value.valueStream().map(JsonNode::asString).collect(Collectors.joining(",")));
            }
        });
        parameters.put("method", kind.method().cliName());
        parameters.put("selection", kind.selection().toString());
        parameters.values().removeIf(value -> value.length() > LONGEST_PARAMETER);
        return parameters;
    }

    private static Map<String, String> tags(Group group) {
        Map<String, String> tags = new LinkedHashMap<>();
        tags.put("mlflow.source.name", "espalier eval");
        tags.put("mlflow.source.type", "LOCAL");
        tags.put(
                "espalier.records",
                group.folders().stream()
                        .map(folder -> folder.toAbsolutePath().normalize().resolve(RunFolder.RECORDS))
                        .map(Path::toString)
                        .collect(Collectors.joining("\n")));
        JsonNode environment = environment(group.folders().get(0));
        environment.properties().forEach(known -> {
            if (known.getValue().isValueNode()) {
                String name = known.getKey().equals("gitCommit") ? "mlflow.source.git.commit" : known.getKey();
                tags.put(
                        name.startsWith("mlflow.") ? name : "espalier." + name,
                        known.getValue().asString());
            }
        });
        return tags;
    }

    private static JsonNode environment(Path folder) {
        return RunFile.environment(folder.resolve(RunFolder.RUN));
    }

    /** In milliseconds of the epoch. */
    private static long started(Path folder) throws IOException {
        try {
            return Instant.parse(environment(folder).path("started").asString(""))
                    .toEpochMilli();
        } catch (DateTimeException e) {
            // A run of an older version, or of several shards: it was entered when it began.
            return modified(folder.resolve(RunFolder.RUN));
        }
    }

    private static long modified(Path file) throws IOException {
        return Files.getLastModifiedTime(file).toMillis();
    }

    private static String nameOf(Path folder) {
        return String.valueOf(folder.toAbsolutePath().normalize().getFileName());
    }
}
