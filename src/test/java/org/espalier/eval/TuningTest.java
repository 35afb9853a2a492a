package org.espalier.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.espalier.eval.EvalRecord.Sampled;
import org.espalier.eval.Tuning.Replayed;
import org.espalier.eval.Tuning.Result;
import org.espalier.eval.Tuning.Tuned;
import org.espalier.model.UsageException;
import org.espalier.search.AutoPlan;
import org.espalier.search.AutoPlan.Bin;
import org.espalier.search.SearchMethod;
import org.espalier.search.Usage;
import org.espalier.search.Windows;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TuningTest {
    private static final int TOKENS = 10;

    @TempDir
    private Path folder;

    private final List<EvalRecord> records = new ArrayList<>();
    private final Map<String, Object> configuration = new LinkedHashMap<>(
            Map.of("policySha256", "aa", "prmSha256", "bb", "dataset", "held-in", "beamWidth", 2, "stopAt", 1.0));

    private static Sampled sampled(int slot, boolean right, double score) {
        return new Sampled(slot, right ? "1" : "0", right, score, List.of(score), true, TOKENS, null, null, null);
    }

    /** A greedy completion, and four others of which all are right or wrong, with 0.9. */
    private void problem(boolean greedyRight, double greedyScore, SearchMethod method, boolean othersRight) {
        problem(greedyRight, greedyScore, method, othersRight, 4);
    }

    private void problem(
            boolean greedyRight, double greedyScore, SearchMethod method, boolean othersRight, int others) {
        List<Sampled> completions = new ArrayList<>();
        boolean auto = method == SearchMethod.AUTO;
        if (auto) {
            completions.add(sampled(others, greedyRight, greedyScore));
        }
        for (int slot = 0; slot < others; slot++) {
            completions.add(sampled(slot, othersRight, .9));
        }
        long tokens = (auto ? 1 : 0) * TOKENS + others * 2 * TOKENS;
        String id = "p" + records.stream().filter(r -> r.method() == method).count();
        records.add(new EvalRecord(
                "held-in",
                id,
                "?",
                1,
                null,
                "1",
                method,
                others,
                1,
                List.of(),
                completions,
                1.0,
                new Usage(0, tokens, tokens, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
                "completed",
                1,
                1));
    }

    private Path write(String name) {
        Path run = folder.resolve(name);
        try {
            Files.createDirectories(run);
            RunFile.claim(run.resolve("run.json"), run.resolve("records.jsonl"), configuration, Map.of());
            Files.write(
                    run.resolve("records.jsonl"),
                    records.stream().map(Json.LINES::writeValueAsString).toList());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return run;
    }

    /**
     * Six easy problems: 1 : 0 with two subtrees to come stays ahead with 5/6. Six traps: a wrong greedy answer that the PRM
     * half believes stays ahead with 0.771. So 0.775 is the least that is safe, and an easy problem costs 10 tokens then, a
     * trap 10 + 4 · 20.
     */
    @Test
    void stopsAsSoonAsNothingIsLost() {
        for (int i = 0; i < 6; i++) {
            problem(true, 1, SearchMethod.AUTO, true);
            problem(false, .5, SearchMethod.AUTO, true);
        }
        Tuned tuned = Tuning.of(List.of(write("run")), 0);

        assertThat(tuned.chosen().plan().stopAt()).isEqualTo(.775);
        assertThat(tuned.chosen().plan().bins()).containsExactly(new Bin(1, SearchMethod.DVTS));
        assertThat(tuned.chosen().accuracy()).isEqualTo(1);
        assertThat(tuned.chosen().tokens()).isCloseTo(50, within(1e-9));
        assertThat(tuned.toTheEnd().tokens()).isCloseTo(90, within(1e-9));
        assertThat(tuned.source().problems()).isEqualTo(12);
    }

    /** What may be lost is spent: the traps cost a half. */
    @Test
    void losesWhatItMay() {
        for (int i = 0; i < 6; i++) {
            problem(true, 1, SearchMethod.AUTO, true);
            problem(false, .5, SearchMethod.AUTO, true);
        }
        Tuned tuned = Tuning.of(List.of(write("run")), .5);
        assertThat(tuned.chosen().accuracy()).isEqualTo(.5);
        assertThat(tuned.chosen().tokens()).isCloseTo(10, within(1e-9));
    }

    /** Hard problems are solved by best-of-n alone, easy ones by dvts alone. */
    @Test
    void eachBinHasItsMethod() {
        for (int i = 0; i < 20; i++) {
            boolean hard = i % 2 == 0;
            problem(false, hard ? .1 : .7, SearchMethod.AUTO, !hard);
        }
        for (int i = 0; i < 20; i++) {
            problem(false, 0, SearchMethod.BEST_OF_N, i % 2 == 0);
        }
        Tuned tuned = Tuning.of(List.of(write("run")), 0);
        assertThat(tuned.crossValidated().get(1).accuracy()).isEqualTo(1);
        assertThat(tuned.crossValidated().get(0).accuracy()).isLessThan(.8);
        assertThat(tuned.chosen().plan().bins())
                .containsExactly(new Bin(.5, SearchMethod.BEST_OF_N), new Bin(1, SearchMethod.DVTS));
    }

    /** A plan that is given is tried on the records: what tune says of its own is what replaying it says. */
    @Test
    void aRuleIsReplayedWithoutAModel() {
        for (int i = 0; i < 6; i++) {
            problem(true, 1, SearchMethod.AUTO, true);
            problem(false, .5, SearchMethod.AUTO, true);
        }
        Path run = write("run");
        Tuned tuned = Tuning.of(List.of(run), 0);
        AutoPlan hasty = PlanFile.inWords("{stopAt: 0.6, bins: [{upTo: 1, method: dvts}]}")
                .plan();
        List<Replayed> replayed =
                Tuning.replay(List.of(run), List.of(tuned.chosen().plan(), hasty), null, List.of());
        assertThat(replayed.get(0).result()).isEqualTo(tuned.chosen());
        assertThat(replayed.get(0).low()).isEqualTo(tuned.low());
        assertThat(replayed.get(1).result().accuracy()).isEqualTo(.5);
        assertThat(replayed.get(1).result().tokens()).isCloseTo(10, within(1e-9));
        assertThat(replayed.get(1).difference()).isEqualTo(-.5);
        assertThat(replayed.get(1).differenceHigh()).isNegative();
        AutoPlan other = PlanFile.inWords("{stopAt: 0.6, bins: [{upTo: 1, method: best-of-n}]}")
                .plan();
        assertThatThrownBy(() -> Tuning.replay(List.of(run), List.of(other), null, List.of()))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("do not say how best-of-n goes on");
    }

    /** What two completions leave open is asked of a policy that is right, and its votes outweigh. */
    @Test
    void aCascadeIsReplayedFromTheRunsOfBothPolicies() {
        for (int i = 0; i < 12; i++) {
            problem(i % 2 != 0, .6, SearchMethod.AUTO, i % 2 == 0);
        }
        Path small = write("small");
        records.clear();
        configuration.put("policySha256", "larger");
        for (int i = 0; i < 12; i++) {
            problem(true, 1, SearchMethod.AUTO, true);
        }
        Path large = write("large");
        AutoPlan plan = new AutoPlan(List.of(new Bin(1, SearchMethod.DVTS)), .999);
        Replayed alone =
                Tuning.replay(List.of(small), List.of(plan), 2, List.of()).get(0);
        Replayed both =
                Tuning.replay(List.of(small), List.of(plan), 2, List.of(large)).get(0);
        assertThat(alone.largerTokens()).isZero();
        assertThat(both.result().tokens()).isEqualTo(alone.result().tokens());
        assertThat(both.largerTokens()).isPositive();
        assertThat(both.result().accuracy()).isGreaterThan(alone.result().accuracy());
        assertThatThrownBy(() -> Tuning.replay(List.of(small), List.of(plan), 5, List.of()))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("n must be 1 to 4, which the runs have, not 5");
        records.remove(0);
        Path lacking = write("lacking");
        assertThatThrownBy(() -> Tuning.replay(List.of(small), List.of(plan), null, List.of(lacking)))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("lack problem p0");
    }

    @Test
    void theFrontierHasWhatIsWorthItsTokens() {
        for (int i = 0; i < 30; i++) {
            problem(false, .5, SearchMethod.AUTO, true, 16);
        }
        Tuned tuned = Tuning.of(List.of(write("run")), 0);
        assertThat(tuned.frontier()).isSortedAccordingTo(Comparator.comparingDouble(Result::tokens));
        assertThat(tuned.frontier()).extracting(Result::accuracy).isSorted();
        Result last = tuned.frontier().get(tuned.frontier().size() - 1);
        assertThat(last.accuracy()).isEqualTo(1);
        assertThat(last.tokens()).isLessThanOrEqualTo(tuned.chosen().tokens());
        assertThat(tuned.crossValidated()).hasSameSizeAs(Tuning.CANDIDATES);
        assertThat(tuned.validatedFrontier()).isNotEmpty();
    }

    @Test
    void windowsSurviveTheirFile() {
        AutoPlan plan = new AutoPlan(List.of(new Bin(1, SearchMethod.DVTS)), .8, new Windows(8, .25));
        Path file = folder.resolve("plan.yaml");
        new PlanFile(plan, new PlanFile.Source("a", "aa", "b", "bb", List.of("d"), 12)).write(file, List.of());
        assertThat(PlanFile.read(file).plan()).isEqualTo(plan);
        assertThat(Json.LINES.writeValueAsString(plan)).contains("\"windows\"");
        AutoPlan usual = new AutoPlan(plan.bins(), .8, Windows.USUAL);
        assertThat(usual).isEqualTo(new AutoPlan(plan.bins(), .8));
        assertThat(Json.LINES.writeValueAsString(usual))
                .as("records of before there were windows are of the same configuration")
                .doesNotContain("windows");
        assertThatThrownBy(() -> PlanFile.inWords("{stopAt: .8, windows: {least: 0}, bins: [{upTo: 1, method: dvts}]}"))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("a window must have 1 to 1024 completions, not 0");
    }

    @Test
    void planSurvivesItsFile() {
        for (int i = 0; i < 12; i++) {
            problem(true, 1, SearchMethod.AUTO, true);
        }
        Tuned tuned = Tuning.of(List.of(write("run")), 0);
        Path file = folder.resolve("plan.yaml");
        PlanFile written = new PlanFile(tuned.chosen().plan(), tuned.source());
        written.write(file, List.of("a remark"));

        assertThat(PlanFile.read(file)).isEqualTo(written);
        assertThat(PlanFile.read(file).isFor("aa", "bb")).isTrue();
        assertThat(PlanFile.read(file).isFor("aa", "cc")).isFalse();
    }

    @Test
    void bundledPlanCanBeRead() {
        assertThat(PlanFile.bundled().source().problems()).isPositive();
    }

    @Test
    void refusesWhatCannotTell() throws IOException {
        problem(true, 1, SearchMethod.AUTO, true);
        Path few = write("few");
        assertThatThrownBy(() -> Tuning.of(List.of(few), 0))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("too few to learn from");

        configuration.put("prmSha256", "cc");
        Path other = write("other");
        assertThatThrownBy(() -> Tuning.of(List.of(few, other), 0))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("a run of other models");

        configuration.remove("stopAt");
        Path early = write("early");
        assertThatThrownBy(() -> Tuning.of(List.of(early), 0))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("record it with stopAt 1");

        configuration.put("stopAt", 1.0);
        configuration.put("largerPolicy", "another");
        Path cascaded = write("cascaded");
        assertThatThrownBy(() -> Tuning.of(List.of(cascaded), 0))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("record it without largerPolicy");

        Path broken =
                Files.writeString(folder.resolve("broken.yaml"), "stopAt: 0.5\nbins:\n  - {upTo: 1, method: beam}\n");
        assertThatThrownBy(() -> PlanFile.read(broken))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("broken.yaml cannot be used: a plan cannot continue with beam");
        Path nonsense = Files.writeString(folder.resolve("nonsense.yaml"), "bins: [");
        assertThatThrownBy(() -> PlanFile.read(nonsense)).isInstanceOf(UsageException.class);
    }
}
