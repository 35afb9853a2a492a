package org.espalier.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.espalier.eval.EvalRecord.Chosen;
import org.espalier.eval.EvalRecord.Sampled;
import org.espalier.search.SearchConfig;
import org.espalier.search.SearchMethod;
import org.espalier.search.Selection;
import org.espalier.search.Usage;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

/** Two problems with four samples each, added up by hand. */
class MeasurementsTest {
    private static final SweepPoint POINT = new SweepPoint(SearchMethod.BEST_OF_N, 4);

    private final Measurements measurements =
            Measurements.of(Sweep.of(List.of(SearchMethod.BEST_OF_N), List.of(2, 4), SearchConfig.DEFAULT));

    private static EvalRecord record(
            String id, int level, int right, boolean at2, boolean at4, int session, double wall) {
        List<Sampled> samples = new ArrayList<>();
        for (int slot = 0; slot < 4; slot++) {
            samples.add(new Sampled(slot, "1", slot < right, 0.5, null, true, 10 * (slot + 1), null, null, null));
        }
        List<Chosen> answers =
                List.of(new Chosen(Selection.WEIGHTED, 2, "1", at2), new Chosen(Selection.WEIGHTED, 4, "1", at4));
        return new EvalRecord(
                "d",
                id,
                null,
                level,
                null,
                "1",
                SearchMethod.BEST_OF_N,
                4,
                42,
                answers,
                samples,
                null,
                new Usage(5, 100, 100, 0, 0, 5, 200, 200, 120, 40, 0, 1000, 100),
                "completed",
                session,
                wall);
    }

    private static EvalRecord withSeed(EvalRecord record, long seed) {
        ObjectNode json = Json.LINES.valueToTree(record);
        return EvalRecord.read(json.put("seed", seed));
    }

    private EvalRow row(String selection, int n) {
        return measurements.rows("d").stream()
                .filter(row -> row.selection().toString().equals(selection) && row.n() == n)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void theTableIsWhatTheRecordsAddUpTo() {
        measurements.add(record("a", 1, 1, false, true, 1, 3));
        measurements.add(record("b", 2, 0, false, false, 1, 4));
        EvalRow whole = row("weighted", 4);
        assertThat(whole.accuracy()).isEqualTo(0.5);
        assertThat(whole.low()).isCloseTo(0.0945, within(5e-5));
        assertThat(whole.high()).isCloseTo(0.9055, within(5e-5));
        assertThat(whole.problems()).isEqualTo(2);
        assertThat(whole.policyTokensPerProblem()).isEqualTo(100);
        assertThat(whole.prmTokensPerProblem()).isEqualTo(200);
        assertThat(whole.secondsPerProblem()).isEqualTo(2);
        assertThat(whole.levels()).containsExactly(Map.entry("1", 1.0), Map.entry("2", 0.0));
        assertThat(row("naive", 4).accuracy()).isZero();
    }

    /** One problem is solved with both seeds, the other with one of two. */
    @Test
    void aProblemCountsWithItsMeanOverTheSeeds() {
        measurements.add(record("a", 1, 1, false, true, 1, 3));
        measurements.add(record("b", 2, 0, false, false, 1, 4));
        measurements.add(withSeed(record("a", 1, 1, false, true, 1, 5), 43));
        assertThat(measurements.add(withSeed(record("b", 2, 1, false, true, 1, 6), 43)))
                .isTrue();
        assertThat(measurements.add(withSeed(record("b", 2, 1, false, true, 1, 6), 43)))
                .isFalse();
        EvalRow whole = row("weighted", 4);

        assertThat(whole.accuracy()).isEqualTo(0.75);
        assertThat(whole.seeds()).isEqualTo(2);
        assertThat(whole.problems()).isEqualTo(2);
        assertThat(whole.levels()).containsExactly(Map.entry("1", 1.0), Map.entry("2", 0.5));
        assertThat(whole.low()).as("of means over two problems").isEqualTo(0.5);
        assertThat(whole.high()).isEqualTo(1);
        assertThat(whole.secondsPerProblem())
                .as("4 s with one seed and 6 s with the other")
                .isEqualTo(2.5);
    }

    @Test
    void whatIsReadOffALargerRunCostsItsShare() {
        measurements.add(record("a", 1, 1, true, true, 1, 4));
        EvalRow first = row("weighted", 2);
        assertThat(first.runN()).isEqualTo(4);
        assertThat(first.policyTokensPerProblem()).isCloseTo(30, within(1e-9));
        assertThat(first.prmTokensPerProblem()).isCloseTo(60, within(1e-9));
        assertThat(first.secondsPerProblem()).isCloseTo(1.2, within(1e-9));
    }

    @Test
    void passIsUnbiased() {
        measurements.add(record("a", 1, 1, false, true, 1, 1));
        measurements.add(record("b", 2, 0, false, false, 1, 2));
        assertThat(row("pass", 2).accuracy()).isCloseTo(0.25, within(1e-12));
        assertThat(row("pass", 4).accuracy()).isEqualTo(0.5);
        assertThat(row("pass", 4).isPass()).isTrue();
    }

    @Test
    void timeIsThatOfAllSessions() {
        measurements.add(record("a", 1, 1, false, true, 1, 3));
        measurements.add(record("b", 1, 1, false, true, 2, 5));
        assertThat(row("weighted", 4).secondsPerProblem()).isEqualTo(4);
        assertThat(measurements.processes()).isEqualTo(2);
        assertThat(measurements.records()).isEqualTo(2);
        assertThat(measurements.has(POINT, new DatasetItem("a", "a", "1", null, null, null), 42))
                .isTrue();
    }
}
