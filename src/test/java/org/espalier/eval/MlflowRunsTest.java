package org.espalier.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.espalier.model.UsageException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** The layout that MLflow reads; {@code scripts/check-mlflow} has it read by MLflow. */
class MlflowRunsTest {
    @TempDir
    private Path folder;

    private Path store;

    @BeforeEach
    void setUp() {
        store = folder.resolve("mlruns");
    }

    private Path run(String name, long seed, String weighted) {
        return RunFolders.write(
                folder.resolve(name), "d: 1", seed, weighted, Map.of("prm", "judge", "n", List.of(1, 2)));
    }

    private void write(Path... folders) {
        List<RunFolder> runs = Stream.of(folders).map(RunFolder::read).toList();
        new MlflowRuns(Report.rows(runs, Levels.Source.OWN, null), runs, List.of(folders)).write(store);
    }

    /** The folders of the only experiment's runs. */
    private List<Path> runs() {
        Path experiment = folders(store).get(0);
        assertThat(folders(store)).hasSize(1);
        return folders(experiment);
    }

    /** The run of the weighted vote, which is the one with intervals other than 0 or 1. */
    private Path weighted() {
        return runs().stream()
                .filter(one -> read(one.resolve("tags/mlflow.runName")).contains("best-of-n, weighted"))
                .findFirst()
                .orElseThrow();
    }

    private static List<Path> folders(Path in) {
        try (Stream<Path> all = Files.list(in)) {
            return all.filter(Files::isDirectory).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static JsonNode yaml(Path file) {
        return new YAMLMapper().readTree(read(file));
    }

    @Test
    void anExperimentOfTheDataSet() {
        write(run("a", 1, "1100"));
        Path experiment = folders(store).get(0);
        JsonNode meta = yaml(experiment.resolve("meta.yaml"));
        assertThat(meta.get("name").asString()).isEqualTo("d: 1");
        assertThat(meta.get("lifecycle_stage").asString()).isEqualTo("active");
        // A number, and not read as one.
        assertThat(meta.get("experiment_id").isString()).isTrue();
        assertThat(meta.get("experiment_id").asString())
                .matches("[1-9][0-9]{17}")
                .isEqualTo(experiment.getFileName().toString());
    }

    @Test
    void aRunOfEachMethodAndSelectionWithItsMetricsByN() {
        write(run("a", 1, "1101"));
        Path run = weighted();
        JsonNode meta = yaml(run.resolve("meta.yaml"));
        assertThat(meta.get("run_id").asString())
                .matches("[0-9a-f]{32}")
                .isEqualTo(run.getFileName().toString())
                .isEqualTo(meta.get("run_uuid").asString());
        assertThat(meta.get("status").asInt()).isEqualTo(3);
        assertThat(meta.get("start_time").asLong())
                .isPositive()
                .isLessThanOrEqualTo(meta.get("end_time").asLong());
        assertThat(meta.get("artifact_uri").asString())
                .startsWith("file:///")
                .endsWith(run.getFileName() + "/artifacts");
        String time = meta.get("end_time").asString();
        assertThat(read(run.resolve("metrics/accuracy"))).isEqualTo(time + " 0.0 1\n" + time + " 0.75 2\n");
        assertThat(read(run.resolve("metrics/accuracy_low"))).contains(" 0.0 1\n");
        assertThat(read(run.resolve("metrics/accuracy_of_level/2"))).contains(" 1.0 2\n");
        assertThat(read(run.resolve("metrics/policy_tokens_per_problem"))).contains(" 20.0 2\n");
        assertThat(run.resolve("metrics/joules_per_problem")).doesNotExist();
        assertThat(read(run.resolve("params/prm"))).isEqualTo("judge");
        assertThat(read(run.resolve("params/n"))).isEqualTo("1,2");
        assertThat(read(run.resolve("params/method"))).isEqualTo("best-of-n");
        assertThat(read(run.resolve("params/selection"))).isEqualTo("weighted");
        assertThat(read(run.resolve("tags/mlflow.source.name"))).isEqualTo("espalier eval");
        assertThat(read(run.resolve("tags/espalier.records"))).endsWith("a/records.jsonl");
        assertThat(run.resolve("artifacts/run.json")).hasSameTextualContentAs(folder.resolve("a/run.json"));
        assertThat(run.resolve("artifacts/rows.json")).content().contains("\"accuracy\" : 0.75");
    }

    @Test
    void writtenAgainItTakesThePlaceOfWhatItWas() {
        write(run("a", 1, "1100"));
        List<Path> before = runs();
        Path before1 = weighted();
        write(run("a", 1, "1111"));
        assertThat(runs()).isEqualTo(before);
        assertThat(weighted()).isEqualTo(before1);
        assertThat(read(before1.resolve("metrics/accuracy")))
                .contains(" 1.0 2\n")
                .doesNotContain(" 0.5 2");
    }

    @Test
    void anExperimentThatMlflowHasBegunGoesOn() throws IOException {
        Path experiment = Files.createDirectories(store.resolve("7"));
        Files.writeString(
                experiment.resolve("meta.yaml"), "experiment_id: '7'\nname: 'd: 1'\nlifecycle_stage: active\n");
        write(run("a", 1, "1"));
        assertThat(folders(experiment)).isNotEmpty();
        assertThat(folders(store)).containsExactly(experiment);
    }

    @Test
    void seedsAreOneRun() {
        write(run("a", 1, "10"), run("b", 2, "11"));
        assertThat(read(weighted().resolve("metrics/accuracy"))).contains(" 0.75 2\n");
        assertThat(read(weighted().resolve("metrics/seeds"))).contains(" 2.0 2\n");
        assertThat(weighted().resolve("artifacts/a/run.json")).exists();
        assertThat(weighted().resolve("artifacts/b/run.json")).exists();
    }

    @Test
    void whatCannotBe() throws IOException {
        Path one = run("x/a", 1, "1");
        Path other = RunFolders.write(folder.resolve("y/a"), "d: 1", 1, "1", Map.of("prm", "another"));
        assertThatThrownBy(() -> write(one, other))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("two different runs are called a");
        Files.createFile(store);
        assertThatThrownBy(() -> write(one)).isInstanceOf(UsageException.class).hasMessageContaining("is a file");
    }
}
