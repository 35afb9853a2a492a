package org.espalier.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.espalier.Espalier;
import org.espalier.EspalierOptions;
import org.espalier.eval.RunFolder;
import org.espalier.model.Problem;
import org.espalier.search.SearchConfig;
import org.espalier.search.SearchMethod;
import org.espalier.search.Solution;
import org.espalier.wire.Documents;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Jobs on the bundled models: in this JVM, and on a cluster of two workers whose executors are JVMs of their own. */
class JobsTest {
    private static final int PROBLEMS = 8;

    @TempDir
    private Path folder;

    private static String problem(int i) {
        return "Start with %d, then multiply by 3. What is the result?".formatted(i + 2);
    }

    private Path problems(List<String> texts) throws IOException {
        List<String> lines = IntStream.range(0, texts.size())
                .mapToObj(i -> Documents.MAPPER.writeValueAsString(
                        new TreeMap<>(Map.of("id", "p" + i, "problem", texts.get(i), "answer", "" + (i + 2) * 3))))
                .toList();
        return Files.write(folder.resolve("stories.jsonl"), lines);
    }

    private static List<JsonNode> read(Path file) throws IOException {
        return Files.readAllLines(file).stream().map(Documents.MAPPER::readTree).toList();
    }

    private static List<String> texts(JsonNode record) {
        return record.get("completions")
                .valueStream()
                .map(one -> one.get("text").asString())
                .toList();
    }

    @Test
    void anExecutorIsKilledAndEveryProblemIsThereOnce() throws Exception {
        LocalCluster.use("local-cluster[2,1,2048]", Map.of("spark.extraListeners", ExecutorKiller.class.getName()));
        Path data = problems(
                IntStream.range(0, PROBLEMS).mapToObj(JobsTest::problem).toList());
        Path out = folder.resolve("run");
        int code = Main.run(
                "sweep",
                data.toString(),
                "--method",
                "majority",
                "-n",
                "2",
                "--seed",
                "5",
                "--search",
                "max-tokens=100",
                "--per-task",
                "1",
                "--in-flight",
                "1",
                "--memory",
                "1g",
                "--out",
                out.toString());
        assertThat(code).isZero();
        assertThat(out.resolve("records.jsonl.failures.jsonl")).doesNotExist();
        assertThat(ExecutorKiller.REMOVED).contains(ExecutorKiller.KILLED.get());
        List<JsonNode> records = read(out.resolve("records.jsonl"));
        assertThat(records.stream().map(record -> record.get("id").asString()))
                .containsExactlyInAnyOrderElementsOf(
                        IntStream.range(0, PROBLEMS).mapToObj(i -> "p" + i).toList());
        assertThat(RunFolder.read(out).configuration().get("solvedBy").asString())
                .isEqualTo("spark");
        // The same as without a cluster, at the same number of problems at a time.
        SearchConfig search = SearchConfig.builder().n(2).seed(5).maxTokens(100).build();
        EspalierOptions options = EspalierOptions.defaults()
                .withMethod(SearchMethod.MAJORITY)
                .withSearch(search)
                .withThreads(1)
                .withInFlight(1);
        try (Espalier here = Espalier.open(options)) {
            for (JsonNode record : records) {
                String id = record.get("id").asString();
                Solution solution = here.solve(new Problem(id, problem(Integer.parseInt(id.substring(1)))));
                assertThat(texts(record))
                        .isEqualTo(solution.ballots().stream()
                                .map(ballot -> ballot.completion().text())
                                .toList());
            }
        }
    }

    @Test
    void whatFailsIsARowAndTheOthersAreNotSolvedAgain() throws Exception {
        LocalCluster.use("local[2]", Map.of());
        Path data = problems(List.of(problem(0), "and then ".repeat(50_000), problem(2)));
        Path out = folder.resolve("run");
        Path parquet = folder.resolve("rows.parquet");
        String[] command = {
            "sweep",
            data.toString(),
            "--method",
            "greedy",
            "-n",
            "1",
            "--search",
            "max-tokens=60",
            "--per-task",
            "2",
            "--memory",
            "1g",
            "--out",
            out.toString()
        };
        assertThat(Main.run(command)).isEqualTo(1);
        List<JsonNode> records = read(out.resolve("records.jsonl"));
        assertThat(records).hasSize(2);
        List<JsonNode> failures = read(out.resolve("records.jsonl.failures.jsonl"));
        assertThat(failures).hasSize(1);
        assertThat(failures.get(0).get("id").asString()).isEqualTo("p1");
        assertThat(failures.get(0).get("error").asString()).isNotBlank();
        awaitClosed();

        List<String> again = new ArrayList<>(List.of(command));
        again.addAll(List.of("--parquet", parquet.toString()));
        assertThat(Main.run(again.toArray(String[]::new))).isEqualTo(1);
        assertThat(read(out.resolve("records.jsonl"))).isEqualTo(records);
        try (SparkSession spark = Job.session("reads")) {
            Dataset<Row> rows = spark.read().parquet(parquet.toString());
            assertThat(rows.count()).isEqualTo(3);
            assertThat(rows.filter("error is not null").first().<String>getAs("id"))
                    .isEqualTo("p1");
            assertThat(rows.filter("error is null").select("reference").collectAsList())
                    .extracting(row -> row.getString(0))
                    .containsExactlyInAnyOrder("6", "12");
        }
    }

    @Test
    void rolloutsAreWrittenOnce() throws Exception {
        LocalCluster.use("local[1]", Map.of());
        Path data = problems(List.of(problem(0), problem(1)));
        Path out = folder.resolve("rollouts.jsonl");
        String[] command = {
            "rollouts",
            data.toString(),
            "-n",
            "2",
            // Scores depend on the company in a batch, by rounding.
            "--in-flight",
            "1",
            "--prm",
            "arith-prm",
            "--search",
            "max-tokens=60",
            "--memory",
            "1g",
            "--out",
            out.toString()
        };
        assertThat(Main.run(command)).isZero();
        List<JsonNode> samples = read(out);
        assertThat(samples)
                .hasSize(4)
                .allSatisfy(sample -> assertThat(sample.get("scores")).isNotEmpty());
        // What a driver that is killed between two lines leaves.
        Files.write(out, Files.readAllLines(out).subList(0, 3));
        assertThat(Main.run(command)).isZero();
        assertThat(read(out)).containsExactlyInAnyOrderElementsOf(samples);
        awaitClosed();
    }

    /** The executor of this JVM ends on a thread of Spark's. */
    private static void awaitClosed() throws InterruptedException {
        for (int i = 0; i < 600 && ExecutorEngine.isOpen(); i++) {
            Thread.sleep(100);
        }
        assertThat(ExecutorEngine.isOpen()).isFalse();
    }

    @Test
    void wrongUseIsSaid() throws Exception {
        LocalCluster.use("local[1]", Map.of());
        assertThat(Main.run("sweep", "arith", "--search", "no-such=1", "--out", folder.toString()))
                .isEqualTo(2);
        assertThat(Main.run("sweep", "no-such-set", "--out", folder.toString())).isEqualTo(2);
        assertThat(Main.run("sweep", "arith", "--per-task", "0", "--out", folder.toString()))
                .isEqualTo(2);
    }
}
