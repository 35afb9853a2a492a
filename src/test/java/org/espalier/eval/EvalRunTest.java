package org.espalier.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.espalier.harness.OtherProcess;
import org.espalier.model.EspalierException;
import org.espalier.model.UsageException;
import org.espalier.search.SearchConfig;
import org.espalier.search.SearchMethod;
import org.espalier.search.Solution;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(180)
class EvalRunTest {
    private static final Dataset DATASET = Bench.dataset(9);
    private static final Sweep SWEEP = Sweep.of(List.of(SearchMethod.values()), List.of(1, 4, 8), SearchConfig.DEFAULT);

    private final Bench bench = new Bench();

    @TempDir
    private Path folder;

    @AfterEach
    void close() {
        bench.close();
    }

    private static EvalRun open(Path out, int topK) throws IOException {
        Files.createDirectories(out);
        return new EvalRun(out, DATASET, SWEEP, Map.of("seed", Bench.CONFIG.seed(), "topK", topK), Map.of(), true);
    }

    /** Runs all points until so many records have been written. */
    private List<EvalRow> run(Path out, int records) throws IOException {
        try (EvalRun run = open(out, 1)) {
            int[] left = {records};
            for (SweepPoint point : SWEEP.points().keySet()) {
                if (left[0] <= 0 || run.missing(point, Bench.CONFIG.seed()).isEmpty()) {
                    continue;
                }
                SearchConfig config = Bench.CONFIG.toBuilder().n(point.n()).build();
                ProblemStream<DatasetItem, Solution> stream =
                        bench.stream(run.missing(point, Bench.CONFIG.seed()), 3, point.method(), config);
                Bench.solve(run, stream, left);
            }
            return run.rows();
        }
    }

    @Test
    void whereverItIsCutItEndsWithTheSameRecords() throws IOException {
        Path whole = folder.resolve("whole");
        List<EvalRow> rows = run(whole, Integer.MAX_VALUE);
        Set<String> expected = RunFolders.records(whole);
        assertThat(expected).hasSize(9 * SWEEP.points().size());
        for (int cut : new int[] {1, 5, 9, 20, 40}) {
            Path cutUp = folder.resolve("cut" + cut);
            run(cutUp, cut);
            Path file = cutUp.resolve("records.jsonl");
            assertThat(RunFolders.records(cutUp)).hasSizeBetween(cut, cut + 9);
            Files.writeString(file, Files.readString(file) + "{\"dataset\":\"nu");
            List<EvalRow> finished = run(cutUp, Integer.MAX_VALUE);
            assertThat(RunFolders.records(cutUp)).isEqualTo(expected);
            assertThat(finished)
                    .usingRecursiveComparison()
                    .ignoringFields("secondsPerProblem")
                    // Sums depend on the order in which problems were done.
                    .withEqualsForType((a, b) -> Math.abs(a - b) < 1e-9, Double.class)
                    .isEqualTo(rows);
        }
    }

    @Test
    void aFinishedRunHasItsTableAndNothingToDo() throws IOException {
        List<EvalRow> rows = run(folder, Integer.MAX_VALUE);
        try (EvalRun again = open(folder, 1)) {
            assertThat(SWEEP.points().keySet())
                    .allMatch(point -> again.missing(point, Bench.CONFIG.seed()).isEmpty());
            assertThat(again.rows()).isEqualTo(rows);
            assertThat(again.process()).isEqualTo(2);
        }
    }

    /** Cut after the first seed, it goes on with the second. */
    @Test
    void aRunOfSeveralSeedsHasARecordForEach() throws IOException {
        SweepPoint point = new SweepPoint(SearchMethod.MAJORITY, 8);
        List<Long> seeds = List.of(1L, 2L);
        for (long seed : seeds) {
            try (EvalRun run = ofSeeds(seeds)) {
                assertThat(run.missing(point, seed)).hasSize(9);
                SearchConfig config = Bench.CONFIG.toBuilder().n(8).seed(seed).build();
                run.solve(bench.stream(run.missing(point, seed), 3, point.method(), config), record -> {});
                assertThat(run.missing(point, seed)).isEmpty();
            }
        }
        try (EvalRun again = ofSeeds(seeds)) {
            assertThat(again.measurements().records()).isEqualTo(18);
            assertThat(again.foreign()).isZero();
            assertThat(again.rows()).allSatisfy(row -> assertThat(row.seeds()).isEqualTo(2));
        }
        RunFolder read = RunFolder.read(folder);
        assertThat(read.series())
                .allSatisfy(series -> assertThat(series.seeds()).isEqualTo(2));
        assertThatThrownBy(() -> ofSeeds(List.of(1L, 3L))).isInstanceOf(UsageException.class);
        assertThatThrownBy(() -> RecordedSearch.find(folder, "p1", null, null, null))
                .hasMessageContaining("majority@8 seed 1, majority@8 seed 2");
        assertThat(RecordedSearch.find(folder, "p1", null, null, 2L).config().seed())
                .isEqualTo(2);
    }

    private EvalRun ofSeeds(List<Long> seeds) {
        return new EvalRun(
                folder,
                DATASET,
                SWEEP,
                Map.of("dataset", DATASET.name(), "problems", 9, "seed", seeds),
                Map.of(),
                true);
    }

    @Test
    void textsAreRecordedUnlessTheyAreLeftOut() throws IOException {
        for (boolean texts : new boolean[] {true, false}) {
            Path out = Files.createDirectories(folder.resolve("texts " + texts));
            SweepPoint point = new SweepPoint(SearchMethod.MAJORITY, 8);
            try (EvalRun run = new EvalRun(out, DATASET, SWEEP, Map.of("seed", 42), Map.of(), texts)) {
                run.solve(bench.stream(run.missing(point, 42), 3, point.method(), Bench.CONFIG), record -> {});
            }
            RecordFile.readOnly(out.resolve("records.jsonl"), line -> {
                assertThat(line.path("completions").get(0).has("text")).isEqualTo(texts);
                assertThat(EvalRecord.read(line).completions())
                        .allSatisfy(completion ->
                                assertThat(completion.text() != null).isEqualTo(texts));
            });
        }
    }

    @Test
    void aRecordSaysWhatEachSelectionChoseAtEveryN() throws IOException {
        run(folder, Integer.MAX_VALUE);
        RecordFile.readOnly(folder.resolve("records.jsonl"), line -> {
            EvalRecord record = EvalRecord.read(line);
            int sizes = switch (record.method()) {
                case GREEDY, AUTO -> 1;
                case DVTS -> record.n() / 4;
                default -> 1 + Integer.numberOfTrailingZeros(record.n());
            };
            int selections = record.method().needsPrm() ? 3 : 1;
            assertThat(record.answers()).hasSize(sizes * selections);
            assertThat(record.completions())
                    .isNotEmpty()
                    .hasSizeLessThanOrEqualTo(record.n() + (record.method() == SearchMethod.AUTO ? 1 : 0));
            assertThat(record.usage().policyTokens()).isPositive();
        });
    }

    @Test
    void anotherConfigurationIsRefused() throws IOException {
        run(folder, 1);
        assertThatThrownBy(() -> open(folder, 2))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("topK is 1 there and 2 here");
    }

    /** Opens the run of one topK, reads its records as a report would, and holds it until its input ends. */
    static final class Holder {
        private Holder() {}

        public static void main(String[] arguments) throws IOException {
            Path out = Path.of(arguments[0]);
            try (EvalRun run = open(out, 1)) {
                Files.writeString(out.resolve("records.jsonl"), arguments[1]);
                RecordFile.readOnly(out.resolve("records.jsonl"), line -> {});
                Files.writeString(Path.of(arguments[2]), "held by " + run.process());
                System.in.readAllBytes();
            }
        }
    }

    @Test
    void aSecondProcessIsRefusedBeforeItWritesAnything() throws Exception {
        Path held = folder.resolve("held");
        Path out = folder.resolve("run");
        Path lock = folder.resolve("run/run.lock");
        for (String records : List.of("", "{\"half\":")) {
            Files.deleteIfExists(held);
            try (OtherProcess other = OtherProcess.start(Holder.class, out, records, held)) {
                other.awaitFile(held);
                String claimed = Files.readString(out.resolve("run.json"));
                for (int i = 0; i < 3; i++) {
                    assertThatThrownBy(() -> open(out, 2))
                            .isExactlyInstanceOf(EspalierException.class)
                            .hasMessage("another process is writing to %s: wait until it has ended, or give another out"
                                    .formatted(out));
                }
                assertThat(out.resolve("run.json")).hasContent(claimed);
                assertThat(out.resolve("records.jsonl")).hasContent(records);
                other.kill();
            }
            try (EvalRun free = open(out, 1)) {
                assertThat(free.missing(SWEEP.points().keySet().iterator().next(), Bench.CONFIG.seed()))
                        .hasSize(9);
            }
            assertThat(lock).exists();
        }
    }

    @Test
    void aSecondRunOfThisProcessIsRefused() throws Exception {
        try (EvalRun run = open(folder, 1)) {
            assertThatThrownBy(() -> open(folder, 2)).hasMessageContaining("another process is writing");
            assertThat(run.foreign()).isZero();
        }
        open(folder, 2).close();
    }

    @Test
    void whatIsOfAnotherRunDoesNotCount() throws IOException {
        List<EvalRow> rows = run(folder, Integer.MAX_VALUE);
        Path file = folder.resolve("records.jsonl");
        List<String> lines = Files.readAllLines(file);
        String first = lines.get(0);
        String id = first.replaceFirst(".*?\"id\":\"(p\\d)\".*", "$1");
        List<String> others = List.of(
                first.replace("\"" + id + "\"", "\"stranger\""),
                first.replace("\"numbers\"", "\"letters\""),
                first.replace("\"seed\":42", "\"seed\":7"),
                first.replaceFirst("how much is", "how little is"));
        assertThat(others).doesNotContain(first);
        List<String> mixed = new ArrayList<>(others);
        mixed.addAll(lines.subList(1, lines.size()));
        mixed.add(lines.get(lines.size() - 1));
        Files.write(file, mixed);
        try (EvalRun again = open(folder, 1)) {
            assertThat(again.foreign()).isEqualTo(4);
            assertThat(again.measurements().records()).isEqualTo(lines.size() - 1);
            List<DatasetItem> missing = SWEEP.points().keySet().stream()
                    .flatMap(point -> again.missing(point, Bench.CONFIG.seed()).stream())
                    .toList();
            assertThat(missing).extracting(DatasetItem::id).containsExactly(id);
        }
        run(folder, Integer.MAX_VALUE);
        try (EvalRun again = open(folder, 1)) {
            assertThat(again.rows())
                    .extracting(EvalRow::problems, EvalRow::accuracy)
                    .isEqualTo(rows.stream()
                            .map(row -> tuple(row.problems(), row.accuracy()))
                            .toList());
        }
    }
}
