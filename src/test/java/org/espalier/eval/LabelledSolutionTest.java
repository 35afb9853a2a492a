package org.espalier.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.espalier.model.Budget;
import org.espalier.model.Meter;
import org.espalier.model.UsageException;
import org.espalier.search.SolutionJudging;
import org.espalier.testing.FakePrm;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(20)
class LabelledSolutionTest {
    @TempDir
    private Path folder;

    private List<LabelledSolution> read(String... lines) throws IOException {
        Path file = folder.resolve("labelled.jsonl");
        Files.writeString(file, String.join("\n", lines) + "\n");
        return LabelledSolution.read(file, DatasetTest.NO_DRIVER);
    }

    @Test
    void processBenchIsRead() throws IOException {
        assertThat(
                        read(
                                "{\"id\": \"a\", \"problem\": \"p?\", \"steps\": [\"s\", \"t\"], \"label\": 1}",
                                "{\"id\": \"b\", \"problem\": \"q?\", \"steps\": [\"s\"], \"label\": -1, \"generator\": \"g\"}"))
                .containsExactly(
                        new LabelledSolution("a", "p?", List.of("s", "t"), 1),
                        new LabelledSolution("b", "q?", List.of("s"), -1));
    }

    @Test
    void prmBenchHoldsTwoSolutionsAndCountsFromOne() throws IOException {
        assertThat(read("{\"idx\": \"7\", \"original_question\": \"p?\", \"original_process\": [\"s\", \"t\"],"
                        + " \"modified_question\": \"q?\", \"modified_process\": [\"u\", \"v\", \"w\"],"
                        + " \"error_steps\": [3, 2]}"))
                .containsExactly(
                        new LabelledSolution("7-original", "p?", List.of("s", "t"), -1),
                        new LabelledSolution("7", "q?", List.of("u", "v", "w"), 1));
    }

    @Test
    void ofRolloutsTheLabelledOnesAreRead() throws IOException {
        String rollout =
                "{\"id\": \"a\", \"problem\": \"p?\", \"steps\": [\"s\", \"t\"], \"finished\": %s, \"firstError\": %s}";
        assertThat(read(
                        rollout.formatted("true", "0"),
                        rollout.formatted("true", "null"),
                        rollout.formatted("false", "-1"),
                        rollout.formatted("true", "2"),
                        rollout.formatted("true", "-1")))
                .extracting(LabelledSolution::firstError)
                .containsExactly(0, -1);
    }

    @Test
    void somethingElseIsRefusedWithItsLine() {
        assertThatThrownBy(() -> read("{\"id\": \"a\", \"problem\": \"p?\", \"steps\": [\"s\"], \"label\": 1}"))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("line 1 of ")
                .hasMessageContaining("labels step 1 of 1");
        assertThatThrownBy(() -> read("{\"question\": \"p?\"}"))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("has no label of its steps; known formats are ProcessBench");
        assertThatThrownBy(() -> read("{\"id\": \"a\", \"steps\": [], \"problem\": \"p?\", \"label\": 0}"))
                .hasMessageContaining("has no steps");
        assertThatThrownBy(() -> LabelledSolution.read(folder.resolve("none"), DatasetTest.NO_DRIVER))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("there is no file");
    }

    @Test
    void aPrmReadsStepsInOrderUpToTheFirstError() throws IOException {
        List<LabelledSolution> solutions = read(
                "{\"id\": \"a\", \"problem\": \"p?\", \"steps\": [\"s\", \"t\", \"u\"], \"label\": 1}",
                "{\"id\": \"b\", \"problem\": \"q?\", \"steps\": [\"s\"], \"label\": -1}");
        ExecutorService thread = Executors.newSingleThreadExecutor();
        FakePrm prm = new FakePrm(thread, path -> path.length() / 100.0);
        List<List<Double>> scores = new ArrayList<>();
        boolean all = new ProblemStream<LabelledSolution, List<Double>>(
                        solutions,
                        1,
                        thread,
                        () -> new Meter(Budget.UNLIMITED),
                        (solution, meter) -> new SolutionJudging(prm, "\n\n")
                                .judge(
                                        solution.toProblem(),
                                        solution.steps(),
                                        solution.labelledSteps().size(),
                                        meter))
                .forEach((solution, found) -> scores.add(found));
        thread.shutdown();

        assertThat(all).isTrue();
        assertThat(scores).containsExactly(List.of(.03, .06), List.of(.01));
        assertThat(prm.calls()).containsExactly("s\n\n", "s\n\nt\n\n", "s");
        assertThat(prm.open()).isEmpty();
    }
}
