package org.espalier.eval;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.espalier.model.UsageException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A run that was recorded, finished or not; read only.
 *
 * @param name of the folder
 * @param configuration what the records depend on
 * @param series every method, selection and n that the records tell of
 * @param stats how each method and n worked
 */
public record RunFolder(String name, JsonNode configuration, List<Series> series, Map<SweepPoint, PointStats> stats) {
    public static final String RUN = "run.json";
    static final String RECORDS = "records.jsonl";
    /** What each process did for each point of the sweep. */
    public static final String POINTS = "cells.jsonl";

    /**
     * Reads a folder.
     *
     * @throws UsageException if it holds no run
     * @throws org.espalier.model.EspalierException if files cannot be read, or a record before the last is broken
     */
    public static RunFolder read(Path folder) {
        require(folder);
        JsonNode configuration = RunFile.configuration(folder.resolve(RUN));
        Measurements measurements = Measurements.ofAll();
        Map<SweepPoint, PointStats> stats = new LinkedHashMap<>();
        RecordOrigin origin = RecordOrigin.of(configuration);
        RecordFile.readOnly(folder.resolve(RECORDS), line -> {
            EvalRecord record = EvalRecord.read(line);
            if (origin.isOf(record) && measurements.add(record)) {
                statsOf(stats, new SweepPoint(record.method(), record.n())).add(record);
            }
        });
        long tries = (long) configuration.path("problems").asInt(Integer.MAX_VALUE)
                * Math.max(1, RecordOrigin.seeds(configuration).size());
        stats.forEach((point, one) -> one.requireAtMost(tries, point, folder));
        if (measurements.records() == 0) {
            throw new UsageException(folder + " holds no records yet: let 'espalier eval' solve a problem first");
        }
        Path points = folder.resolve(POINTS);
        if (Files.exists(points)) {
            RecordFile.readOnly(
                    points, line -> statsOf(stats, SweepPoint.read(line)).addProcess(line));
        }
        return new RunFolder(
                folder.toAbsolutePath().normalize().getFileName().toString(),
                configuration,
                measurements.series(configuration.path("dataset").asString("")),
                stats);
    }

    private static PointStats statsOf(Map<SweepPoint, PointStats> stats, SweepPoint point) {
        return stats.computeIfAbsent(point, p -> new PointStats());
    }

    /** @throws UsageException if a folder holds no run */
    static void require(Path folder) {
        Path run = folder.resolve(RUN);
        Path records = folder.resolve(RECORDS);
        if (!Files.isRegularFile(run) || !Files.isRegularFile(records)) {
            throw new UsageException(folder + " holds no run (no " + RUN + " with " + RECORDS
                    + "): name a folder that 'espalier eval' has written");
        }
    }

    /**
     * The same with the problems of some levels alone.
     *
     * @throws UsageException if there are none
     */
    public RunFolder ofLevels(Collection<String> levels) {
        List<Series> some = series.stream()
                .map(one -> one.ofLevels(levels))
                .filter(one -> !one.results().isEmpty())
                .toList();
        if (some.isEmpty()) {
            throw new UsageException(name + " has no problems of level " + String.join(", ", levels));
        }
        return new RunFolder(name, configuration, some, stats);
    }

    /**
     * Several seeds of one run as one: each problem counts with its mean over those that have tried it.
     *
     * @throws UsageException if the runs differ in more than the seed
     */
    public static RunFolder mean(List<RunFolder> runs) {
        RunFolder first = runs.get(0);
        Map<Series.Key, List<Series>> series = new LinkedHashMap<>();
        Map<SweepPoint, PointStats> stats = new LinkedHashMap<>();
        for (RunFolder run : runs) {
            if (!run.withoutSeed().equals(first.withoutSeed())) {
                throw new UsageException("%s and %s differ in more than the seed: they are not repetitions of one run"
                        .formatted(first.name(), run.name()));
            }
            run.series()
                    .forEach(one -> series.computeIfAbsent(one.key(), key -> new ArrayList<>())
                            .add(one));
            run.stats()
                    .forEach((point, one) ->
                            stats.computeIfAbsent(point, p -> new PointStats()).add(one));
        }
        stats.values().removeIf(PointStats::isEmpty);
        return new RunFolder(
                runs.stream().map(RunFolder::name).distinct().collect(Collectors.joining("+")),
                first.configuration(),
                series.values().stream().map(Series::mean).toList(),
                stats);
    }

    /** Runs by their configurations without the seed, in the order of the first of each. */
    static Map<JsonNode, List<RunFolder>> repetitions(List<RunFolder> runs) {
        return runs.stream()
                .collect(Collectors.groupingBy(RunFolder::withoutSeed, LinkedHashMap::new, Collectors.toList()));
    }

    /** The configuration but for the seed: runs for which this is equal repeat each other. */
    JsonNode withoutSeed() {
        ObjectNode configuration = (ObjectNode) this.configuration.deepCopy();
        configuration.remove("seed");
        return configuration;
    }
}
