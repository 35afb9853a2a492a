package org.espalier.llama;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.espalier.catalog.ModelStore;
import org.espalier.engine.Batch;
import org.espalier.engine.Engine;
import org.espalier.engine.Lane;
import org.espalier.engine.ModelRunner;
import org.espalier.engine.ModelRunner.Outcome;
import org.espalier.model.Budget;
import org.espalier.model.FetchListener;
import org.espalier.model.Meter;
import org.espalier.model.Problem;
import org.espalier.model.ProcessRewardModel.Judgement;
import org.espalier.model.SamplingParams;
import org.espalier.model.Step;
import org.espalier.model.StopReason;
import org.espalier.prm.PrmFormat;
import org.espalier.prm.PrmProfiles;
import org.espalier.prompt.ChatTemplate;
import org.espalier.prompt.Fragment;
import org.espalier.prompt.SolvePrompt;
import org.espalier.reward.EnginePrm;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

/** The bundled models say through llama.cpp what they said in PyTorch, where {@code scripts/train/reference.py} asked. */
class PairReferenceIT {
    /** A probability. Half precision makes the difference. */
    private static final double VERDICT_TOLERANCE = 0.02;

    /** One line of the reference: a problem, what the policy answers greedily, and what the PRM makes of some steps. */
    private record Row(String problem, int[] prompt, int[] tokens, List<String> steps, List<Double> verdicts) {}

    private static List<Row> rows(String pair) {
        JsonMapper json = JsonMapper.builder().build();
        String name = "/org/espalier/pair/" + pair + ".jsonl";
        var file = Objects.requireNonNull(PairReferenceIT.class.getResourceAsStream(name));
        return new BufferedReader(new InputStreamReader(file, StandardCharsets.UTF_8))
                .lines()
                .map(line -> json.readValue(line, Row.class))
                .toList();
    }

    private static NativeModel open(String name) {
        ModelStore store = ModelStore.open();
        Path file = store.fetch(store.catalog().get(name), FetchListener.NONE).path();
        return NativeModel.open(file, ModelOptions.DEFAULT);
    }

    @ParameterizedTest
    @ValueSource(strings = {"arith", "countdown"})
    void thePolicyWritesTheSameTokens(String pair) {
        try (NativeModel model = open(pair + "-small");
                ModelRunner runner = LlamaModelRunner.open(model, ContextOptions.of(1024, 1))) {
            SolvePrompt prompt = new SolvePrompt(ChatTemplate.CHATML, model.systemPrompt());
            NativeTokenizer tokenizer = new NativeTokenizer(model);
            assertThat(rows(pair)).hasSize(50).allSatisfy(row -> {
                int[] tokens = Fragment.encode(prompt.render(Problem.of(row.problem())), tokenizer);
                assertThat(tokens).isEqualTo(row.prompt());
                assertThat(greedy(runner, tokens, row.tokens().length)).isEqualTo(row.tokens());
            });
        }
    }

    private static int[] greedy(ModelRunner runner, int[] prompt, int count) {
        int[] written = new int[count];
        Batch batch = runner.batch();
        batch.clear();
        batch.remove(0, 0);
        int index = -1;
        for (int i = 0; i < prompt.length; i++) {
            index = batch.add(prompt[i], i, 0);
        }
        for (int i = 0; i < count; i++) {
            int row = batch.sample(index, SamplingParams.GREEDY, 0);
            assertThat(runner.run(Long.MAX_VALUE)).isEqualTo(Outcome.DONE);
            written[i] = batch.sampledToken(row);
            batch.clear();
            index = batch.add(written[i], prompt.length + i, 0);
        }
        return written;
    }

    @ParameterizedTest
    @ValueSource(strings = {"arith", "countdown"})
    void thePrmGivesTheSameVerdicts(String pair) throws Exception {
        try (NativeModel model = open(pair + "-prm")) {
            ModelRunner runner = LlamaModelRunner.open(model, ContextOptions.of(4096, 8));
            Lane lane = new Lane("PRM", new NativeTokenizer(model), runner);
            String profile = Objects.requireNonNull(model.metadata("espalier.prm_profile"));
            EnginePrm prm = new EnginePrm(
                    lane,
                    runner,
                    new PrmFormat(PrmProfiles.named(profile), Objects.requireNonNull(model.chatTemplate())));
            try (Engine engine = new Engine(List.of(lane))) {
                for (Row row : rows(pair)) {
                    List<Double> verdicts = CompletableFuture.supplyAsync(() -> judge(prm, row), engine)
                            .thenCompose(scores -> scores)
                            .get(20, TimeUnit.SECONDS);
                    assertThat(verdicts).hasSameSizeAs(row.verdicts());
                    for (int i = 0; i < verdicts.size(); i++) {
                        double expected = row.verdicts().get(i);
                        assertThat(verdicts.get(i))
                                .as("step %d of: %s", i + 1, row.problem())
                                .isBetween(expected - VERDICT_TOLERANCE, expected + VERDICT_TOLERANCE);
                    }
                }
            }
        }
    }

    private static CompletableFuture<List<Double>> judge(EnginePrm prm, Row row) {
        List<Double> scores = new ArrayList<>();
        CompletableFuture<Judgement> last =
                CompletableFuture.completedFuture(prm.open(Problem.of(row.problem()), new Meter(Budget.UNLIMITED)));
        for (String text : row.steps()) {
            Step step = new Step(() -> {}, text, 1, StopReason.DELIMITER, 0, 0);
            last = last.thenCompose(before -> prm.score(before, step).whenComplete((after, failure) -> before.close()));
            last = last.thenApply(judgement -> {
                scores.add(judgement.score());
                return judgement;
            });
        }
        return last.thenApply(judgement -> {
            judgement.close();
            return scores;
        });
    }

    @ParameterizedTest
    @CsvSource({"arith, 0.9, 50", "countdown, 0.6, 15"})
    void theReferenceHasVerdictsOfBothKinds(String pair, double sure, int least) {
        long right = rows(pair).stream()
                .flatMap(row -> row.verdicts().stream())
                .filter(p -> p > sure)
                .count();
        long wrong = rows(pair).stream()
                .flatMap(row -> row.verdicts().stream())
                .filter(p -> p < 0.5)
                .count();
        assertThat(right).isGreaterThan(least);
        assertThat(wrong).isGreaterThan(20);
    }
}
