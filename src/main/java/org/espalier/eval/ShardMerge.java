package org.espalier.eval;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.espalier.catalog.WholeFile;
import org.espalier.eval.Calibration.Judged;
import org.espalier.model.EspalierException;
import org.espalier.model.Parameter;
import org.espalier.model.Reason;
import org.espalier.model.UsageException;
import org.espalier.model.Wording;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Makes one run of its shards: what would have been recorded without them. Nothing is written unless all shards are there,
 * each once and done, and all are of one configuration. Processes of different shards are told apart, so that the seconds
 * are those of all machines together.
 */
public final class ShardMerge {
    private static final int NAMED = 5;
    private static final String PROCESS = "session";

    private final List<ShardRecords> shards;
    private final Path out;

    /**
     * What was put together.
     *
     * @param records of all problems
     * @param foreign records in the shards that are of none of their problems, and were left out
     * @param differences of what the shards say of the machines that they ran on, such as versions
     * @param judged the scores of labelled solutions in their order, where the shards are of such; else empty
     * @param judge the name of what judged
     * @param threshold of calibration, likewise; NaN without
     */
    public record Merged(
            int shards,
            int records,
            int foreign,
            List<String> differences,
            List<Judged> judged,
            String judge,
            double threshold) {}

    private ShardMerge(List<ShardRecords> shards, Path out) {
        this.shards = shards;
        this.out = out;
    }

    /**
     * Merges.
     *
     * @param paths of folders or of files of rollouts; the result's own is left out, where a pattern has matched it too
     * @param out the folder or file to be written
     * @throws UsageException if they are not all shards of one run, each once and done, or there is something at {@code out}
     * @throws EspalierException if files cannot be read or written
     */
    public static Merged merge(List<Path> paths, Path out) {
        List<ShardRecords> shards = paths.stream()
                .filter(path -> !path.toAbsolutePath()
                        .normalize()
                        .equals(out.toAbsolutePath().normalize()))
                .map(ShardRecords::read)
                .sorted(Comparator.comparingInt(one -> one.shard().index()))
                .toList();
        if (shards.isEmpty()) {
            throw new UsageException(Wording.of(
                    "there are no shards to merge: name what commands with %s have written", Parameter.of("shard")));
        }
        ShardMerge merge = new ShardMerge(shards, out);
        merge.requireOneRun();
        merge.requireEachOnce();
        return merge.write();
    }

    private void requireOneRun() {
        ShardRecords first = shards.get(0);
        for (ShardRecords other : shards) {
            if (other.kind() != first.kind()) {
                throw new UsageException("%s and %s are of different commands".formatted(first.path(), other.path()));
            }
            if (other.shard().count() != first.shard().count()) {
                throw new UsageException("%s is one of %d shards and %s one of %d: they are of different runs"
                        .formatted(
                                first.path(),
                                first.shard().count(),
                                other.path(),
                                other.shard().count()));
            }
            List<String> differences = RunFile.differences(
                    first.configuration(), "in " + first.path(), other.configuration(), "in " + other.path());
            if (!differences.isEmpty()) {
                throw new UsageException("%s and %s are of different configurations (%s)"
                        .formatted(first.path(), other.path(), String.join("; ", differences)));
            }
        }
    }

    private void requireEachOnce() {
        Map<Integer, ShardRecords> there = new TreeMap<>();
        for (ShardRecords one : shards) {
            ShardRecords same = there.putIfAbsent(one.shard().index(), one);
            if (same != null) {
                throw new UsageException("%s and %s are both shard %s: leave one of them out"
                        .formatted(same.path(), one.path(), one.shard()));
            }
        }
        int count = shards.get(0).shard().count();
        List<String> missing = IntStream.rangeClosed(1, count)
                .filter(index -> !there.containsKey(index))
                .mapToObj(index -> new Shard(index, count).toString())
                .toList();
        if (!missing.isEmpty()) {
            throw new UsageException("%s %s missing: name %s too, or run %s"
                    .formatted(
                            some(missing),
                            missing.size() == 1 ? "is" : "are",
                            missing.size() == 1 ? "it" : "them",
                            missing.size() == 1 ? "it" : "them"));
        }
        Map<String, ShardRecords> owners = new HashMap<>();
        for (ShardRecords one : shards) {
            for (String id : one.ids()) {
                ShardRecords other = owners.putIfAbsent(id, one);
                if (other != null) {
                    throw new UsageException("problem %s is in %s and in %s: they are not shards of one run"
                            .formatted(id, other.path(), one.path()));
                }
            }
        }
        int problems = shards.get(0).configuration().path("problems").asInt(owners.size());
        if (owners.size() != problems) {
            throw new UsageException("the shards have %d problems together, and their run %d: they are not all of it"
                    .formatted(owners.size(), problems));
        }
    }

    private static String some(List<String> all) {
        String first = all.stream().limit(NAMED).collect(Collectors.joining(", "));
        return all.size() > NAMED ? "%s and %d more".formatted(first, all.size() - NAMED) : first;
    }

    private Merged write() {
        List<Integer> before = new ArrayList<>();
        int processes = 0;
        for (ShardRecords one : shards) {
            before.add(processes);
            processes += requireDone(one);
        }
        RecordKind kind = shards.get(0).kind();
        boolean folder = kind != RecordKind.ROLLOUTS;
        Path records = folder ? out.resolve(shards.get(0).records().getFileName()) : out;
        Path run = folder ? out.resolve(RunFolder.RUN) : RunFile.beside(out);
        try {
            if (Files.exists(records) || Files.exists(run)) {
                throw new UsageException(
                        Wording.of("there is a run at %s already: give another %s", out, Parameter.of("out")));
            }
            if (folder) {
                Files.createDirectories(out);
            }
            Counts counts = new Counts();
            // A folder without its configuration is no run: that is written last.
            WholeFile.write(records, to -> {
                for (int i = 0; i < shards.size(); i++) {
                    copy(shards.get(i), new LineWriter(to, before.get(i)), counts);
                }
            });
            if (kind == RecordKind.ANSWERS) {
                WholeFile.write(out.resolve(RunFolder.POINTS), to -> {
                    for (int i = 0; i < shards.size(); i++) {
                        copyPoints(shards.get(i), new LineWriter(to, before.get(i)));
                    }
                });
            }
            List<String> differences = environmentDifferences();
            RunFile.write(run, shards.get(0).configuration(), environment(differences));
            return new Merged(
                    shards.size(),
                    counts.records,
                    counts.foreign,
                    differences,
                    List.copyOf(counts.judged.values()),
                    shards.get(0).configuration().path("prm").asString(""),
                    shards.get(0).configuration().path("threshold").asDouble(Double.NaN));
        } catch (IOException e) {
            throw new EspalierException("cannot write the merged run to " + out + ": " + Reason.of(e), e);
        }
    }

    /** Returns how many processes have worked on a shard, which has to be done. */
    private static int requireDone(ShardRecords one) {
        int[] processes = new int[1];
        Consumer<JsonNode> count =
                line -> processes[0] = Math.max(processes[0], line.path(PROCESS).asInt(0));
        Map<String, Set<String>> done = new LinkedHashMap<>();
        one.kind().groups(one.configuration()).forEach(group -> done.put(group, new HashSet<>()));
        RecordFile.readOnly(one.records(), line -> {
            count.accept(line);
            Set<String> of = done.get(one.kind().group(line));
            if (of != null) {
                of.add(one.kind().id(line));
            }
        });
        done.forEach((group, of) -> {
            List<String> left =
                    one.ids().stream().filter(id -> !of.contains(id)).toList();
            if (!left.isEmpty()) {
                throw new UsageException("%s is not done: %s lacks %d of %d problems (%s); run shard %s again"
                        .formatted(one.path(), group, left.size(), one.ids().size(), some(left), one.shard()));
            }
        });
        // What a process said of itself counts even if it recorded nothing.
        if (Files.isRegularFile(points(one))) {
            RecordFile.readOnly(points(one), count);
        }
        return processes[0];
    }

    /** What has been copied so far. */
    private static final class Counts {
        private int records;
        private int foreign;
        private final Map<Integer, Judged> judged = new TreeMap<>();
    }

    /** Writes lines of a shard, whose processes have numbers behind those of the shards before it. */
    private record LineWriter(OutputStream to, int processesBefore) {
        void write(JsonNode line) {
            if (line.has(PROCESS)) {
                ((ObjectNode) line).put(PROCESS, line.path(PROCESS).asInt() + processesBefore);
            }
            try {
                to.write((Json.LINES.writeValueAsString(line) + "\n").getBytes(StandardCharsets.UTF_8));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private static void copy(ShardRecords one, LineWriter writer, Counts counts) throws IOException {
        Set<String> own = new HashSet<>(one.ids());
        Set<String> groups = new HashSet<>(one.kind().groups(one.configuration()));
        Set<List<String>> written = new HashSet<>();
        try {
            RecordFile.readOnly(one.records(), line -> {
                String id = one.kind().id(line);
                String group = one.kind().group(line);
                if (!own.contains(id) || !groups.contains(group)) {
                    counts.foreign++;
                } else if (written.add(List.of(group, id))) {
                    counts.records++;
                    if (one.kind() == RecordKind.JUDGEMENTS) {
                        counts.judged.put(
                                Integer.valueOf(id), JudgedRecord.read(line).toJudged());
                    }
                    writer.write(line);
                }
            });
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private static Path points(ShardRecords one) {
        return one.path().resolve(RunFolder.POINTS);
    }

    private static void copyPoints(ShardRecords one, LineWriter writer) throws IOException {
        if (!Files.isRegularFile(points(one))) {
            return;
        }
        try {
            RecordFile.readOnly(points(one), writer::write);
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    /** What may differ, and is worth knowing: versions, and how many layers a GPU has. */
    private List<String> environmentDifferences() {
        List<String> differences = new ArrayList<>();
        for (String name : List.of("espalier", "llamaCpp", "gpuLayers", "os")) {
            Set<String> values = shards.stream()
                    .map(one -> one.environment().path(name).asString(""))
                    .collect(Collectors.toCollection(TreeSet::new));
            if (values.size() > 1) {
                differences.add(name + " is " + String.join(" and ", values));
            }
        }
        return differences;
    }

    private ObjectNode environment(List<String> differences) {
        ObjectNode environment = ((ObjectNode) shards.get(0).environment()).deepCopy();
        environment.remove(ShardRecords.PROBLEMS);
        environment.put("shards", shards.size());
        if (!differences.isEmpty()) {
            environment.set("differences", Json.LINES.valueToTree(differences));
        }
        return environment;
    }
}
