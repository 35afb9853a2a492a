package org.espalier.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.espalier.eval.ShardMerge.Merged;
import org.espalier.model.UsageException;
import org.espalier.search.SearchConfig;
import org.espalier.search.SearchMethod;
import org.espalier.search.Solution;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sweeps over machines, with a policy that draws by seed: what differs between batches is rounding alone, and it has none. */
@Timeout(180)
class ShardMergeTest {
    private static final int SHARDS = 4;
    private static final Dataset DATASET = Bench.dataset(19);
    private static final List<SearchMethod> METHODS =
            List.of(SearchMethod.GREEDY, SearchMethod.MAJORITY, SearchMethod.BEST_OF_N, SearchMethod.DVTS);
    private static final List<Long> SEEDS = List.of(42L, 43L);
    private static final Sweep SWEEP = Sweep.of(METHODS, List.of(1, 4, 8), SearchConfig.DEFAULT);

    private final Bench bench = new Bench();

    @TempDir
    private Path folder;

    @AfterEach
    void close() {
        bench.close();
    }

    private static Map<String, Object> configuration(Shard shard, Map<String, Object> more) {
        Map<String, Object> configuration = new LinkedHashMap<>();
        configuration.put("dataset", DATASET.name());
        configuration.put("problems", DATASET.items().size());
        configuration.put("problemsSha256", DATASET.sha256());
        configuration.put("method", METHODS.stream().map(SearchMethod::cliName).toList());
        configuration.put("n", List.of(1, 4, 8));
        configuration.put("seed", SEEDS);
        configuration.putAll(more);
        if (shard != null) {
            configuration.put("shard", shard.toString());
        }
        return configuration;
    }

    /** Solves until so many records have been written, some problems at a time. */
    private Path run(Path out, Shard shard, int inFlight, int most, Map<String, Object> more) throws IOException {
        Files.createDirectories(out);
        Dataset part = shard == null ? DATASET : DATASET.of(shard);
        List<String> ids = part.items().stream().map(DatasetItem::id).toList();
        int[] left = {most};
        try (EvalRun run = new EvalRun(
                out, part, SWEEP, configuration(shard, more), Map.of("espalier", "1", "shardProblems", ids), true)) {
            for (SweepPoint point : SWEEP.points().keySet()) {
                for (long seed : point.method() == SearchMethod.GREEDY ? SEEDS.subList(0, 1) : SEEDS) {
                    List<DatasetItem> missing = run.missing(point, seed);
                    if (left[0] <= 0 || missing.isEmpty()) {
                        continue;
                    }
                    SearchConfig config =
                            Bench.CONFIG.toBuilder().n(point.n()).seed(seed).build();
                    ProblemStream<DatasetItem, Solution> stream =
                            bench.stream(missing, inFlight, point.method(), config);
                    Bench.solve(run, stream, left);
                }
            }
        }
        return out;
    }

    private List<Path> shards() throws IOException {
        List<Path> shards = new ArrayList<>();
        for (int i = 1; i <= SHARDS; i++) {
            Shard shard = new Shard(i, SHARDS);
            shards.add(run(shard.folderIn(folder.resolve("run")), shard, i, Integer.MAX_VALUE, Map.of()));
        }
        return shards;
    }

    @Test
    void fourShardsOfWhichTwoAreKilledAndRestartedAreTheWholeRecordForRecord() throws IOException {
        Path whole = run(folder.resolve("whole"), null, 3, Integer.MAX_VALUE, Map.of());
        List<Path> shards = new ArrayList<>();
        for (int i = 1; i <= SHARDS; i++) {
            Shard shard = new Shard(i, SHARDS);
            Path out = shard.folderIn(folder.resolve("run"));
            if (i % 2 == 0) {
                run(out, shard, 2, 7 * i, Map.of());
                Path records = out.resolve("records.jsonl");
                // The line that it was killed in.
                Files.writeString(records, Files.readString(records) + "{\"dataset\":\"nu");
                assertThatThrownBy(() -> ShardMerge.merge(List.of(out), folder.resolve("early")))
                        .isInstanceOf(UsageException.class);
            }
            shards.add(run(out, shard, 5 - i, Integer.MAX_VALUE, Map.of()));
        }
        Path all = folder.resolve("all");
        Merged merged = ShardMerge.merge(shards, all);

        assertThat(RunFolders.records(all)).isEqualTo(RunFolders.records(whole)).hasSize(merged.records());
        assertThat(merged.shards()).isEqualTo(SHARDS);
        assertThat(merged.foreign()).isZero();
        RunFolder read = RunFolder.read(all);
        RunFolder once = RunFolder.read(whole);
        assertThat(read.configuration()).isEqualTo(once.configuration());
        assertThat(read.series()).extracting(Series::key).containsExactlyInAnyOrderElementsOf(keys(once));
        assertThat(read.series())
                .allSatisfy(series -> assertThat(series.accuracy())
                        .isEqualTo(once.series().stream()
                                .filter(same -> same.key().equals(series.key()))
                                .findFirst()
                                .orElseThrow()
                                .accuracy()));
    }

    private static List<Series.Key> keys(RunFolder run) {
        return run.series().stream().map(Series::key).toList();
    }

    /** Opened as the run that it is, it has nothing to do. */
    @Test
    void theResultIsARunThatIsDone() throws IOException {
        Path all = folder.resolve("all");
        ShardMerge.merge(shards(), all);
        try (EvalRun run = new EvalRun(all, DATASET, SWEEP, configuration(null, Map.of()), Map.of(), true)) {
            assertThat(run.foreign()).isZero();
            assertThat(SWEEP.points().keySet())
                    .allMatch(point -> run.missing(point, 42).isEmpty());
        }
    }

    /** A shard's seconds are those of its own machine, and those of all count. */
    @Test
    void processesOfDifferentShardsAreToldApart() throws IOException {
        List<Path> shards = shards();
        for (Path shard : shards) {
            Files.writeString(
                    shard.resolve("cells.jsonl"),
                    "{\"method\":\"dvts\",\"n\":8,\"session\":1,\"problems\":1,\"seconds\":1}\n"
                            + "{\"method\":\"dvts\",\"n\":8,\"session\":2,\"problems\":1,\"seconds\":1}\n");
        }
        Path all = folder.resolve("all");
        ShardMerge.merge(shards, all);
        Set<Integer> processes = new TreeSet<>();
        RecordFile.readOnly(
                all.resolve("records.jsonl"),
                line -> processes.add(line.path("session").asInt()));
        assertThat(processes).containsExactly(1, 3, 5, 7);
        List<Integer> points = new ArrayList<>();
        RecordFile.readOnly(
                all.resolve("cells.jsonl"),
                line -> points.add(line.path("session").asInt()));
        assertThat(points)
                .containsExactlyElementsOf(IntStream.rangeClosed(1, 8).boxed().toList());
    }

    private void assertRefused(List<Path> shards, String... why) {
        Path all = folder.resolve("refused");
        assertThatThrownBy(() -> ShardMerge.merge(shards, all))
                .isInstanceOf(UsageException.class)
                .hasMessageContainingAll(why);
        assertThat(all).doesNotExist();
    }

    @Test
    void gapsOverlapsAndOtherConfigurationsAreNamed() throws IOException {
        List<Path> shards = shards();
        assertRefused(List.of(shards.get(0), shards.get(2)), "2/4, 4/4 are missing");
        assertRefused(shards.subList(1, 4), "1/4 is missing");

        Path again = run(folder.resolve("again"), new Shard(2, SHARDS), 1, Integer.MAX_VALUE, Map.of());
        List<Path> twice = new ArrayList<>(shards);
        twice.add(again);
        assertRefused(twice, shards.get(1).toString(), again.toString(), "are both shard 2/4");

        Path warmer = run(folder.resolve("warmer"), new Shard(2, SHARDS), 1, 9, Map.of("temperature", 0.5));
        List<Path> mixed = new ArrayList<>(shards);
        mixed.set(1, warmer);
        assertRefused(mixed, "different configurations", "temperature is", "0.5 in " + warmer);

        Path third = run(folder.resolve("third"), new Shard(2, 3), 1, 9, Map.of());
        mixed.set(1, third);
        assertRefused(mixed, shards.get(0) + " is one of 4 shards", third + " one of 3");

        Path whole = run(folder.resolve("whole"), null, 1, 9, Map.of());
        mixed.set(1, whole);
        assertRefused(mixed, whole + " is a whole run and no shard");
        mixed.set(1, folder);
        assertRefused(mixed, folder + " holds no shard of a run");
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 30})
    void aShardThatIsNotDoneIsNamedWithWhatItLacks(int records) throws IOException {
        List<Path> shards = new ArrayList<>(shards());
        Path early = run(folder.resolve("early"), new Shard(4, SHARDS), 1, records, Map.of());
        shards.set(3, early);
        assertRefused(shards, early + " is not done: ", " of 4 problems (p", "run shard 4/4 again");
    }

    @Test
    void whatGotAmongTheRecordsIsLeftOut() throws IOException {
        List<Path> shards = shards();
        Path file = shards.get(0).resolve("records.jsonl");
        List<String> lines = new ArrayList<>(Files.readAllLines(file));
        lines.add(lines.get(0));
        lines.add(Files.readAllLines(shards.get(1).resolve("records.jsonl")).get(0));
        lines.add(lines.get(0).replaceFirst("\"seed\":\\d+", "\"seed\":7"));
        Files.write(file, lines);
        Merged merged = ShardMerge.merge(shards, folder.resolve("all"));
        assertThat(merged.foreign()).isEqualTo(2);
        assertThat(RunFolders.records(folder.resolve("all")))
                .hasSize(merged.records())
                .hasSize(19 * (1 + 2 * 4));
    }

    @Test
    void nothingIsOverwrittenAndTheResultIsNoShardOfItself() throws IOException {
        List<Path> shards = new ArrayList<>(shards());
        Path all = folder.resolve("run/all");
        ShardMerge.merge(shards, all);
        String before = Files.readString(all.resolve("run.json"));
        shards.add(all);
        assertThatThrownBy(() -> ShardMerge.merge(shards, all)).hasMessageContaining("there is a run at " + all);
        assertThat(all.resolve("run.json")).hasContent(before);
    }
}
