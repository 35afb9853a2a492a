package org.espalier.llama;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.espalier.engine.Engine;
import org.espalier.engine.Lane;
import org.espalier.engine.LaneHealth;
import org.espalier.model.Budget;
import org.espalier.model.EspalierException;
import org.espalier.model.Meter;
import org.espalier.model.Problem;
import org.espalier.model.SamplingParams;
import org.espalier.model.Step;
import org.espalier.model.StepRequest;
import org.espalier.prompt.ChatTemplate;
import org.espalier.prompt.SolvePrompt;
import org.espalier.reward.EnginePolicy;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A model in which the embedding of one token, "~", is not a number. */
class NotANumberIT {
    private static final StepRequest TWELVE = StepRequest.toEnd(SamplingParams.GREEDY, 1, 12);
    private static final String SPOILT = "what is 1 ~ 2?";

    @TempDir
    static Path directory;

    /** Asks several questions in one task, and waits for what comes of each: a text or a failure. */
    private static List<Object> answers(Engine engine, EnginePolicy policy, String... questions) throws Exception {
        List<CompletableFuture<Object>> answers = new ArrayList<>();
        CompletableFuture.runAsync(
                        () -> {
                            for (String question : questions) {
                                answers.add(policy.extend(
                                                policy.open(new Problem("p", question), new Meter(Budget.UNLIMITED)),
                                                TWELVE)
                                        .handle((step, failure) -> failure == null ? text(step) : failure));
                            }
                        },
                        engine)
                .get(1, TimeUnit.MINUTES);
        List<Object> results = new ArrayList<>();
        for (CompletableFuture<Object> answer : answers) {
            results.add(answer.get(1, TimeUnit.MINUTES));
        }
        return results;
    }

    private static Object text(Step step) {
        step.prefix().close();
        return step.text();
    }

    @ParameterizedTest
    @CsvSource({"llama, true, true", "llama, true, false", "llama, false, true", "mamba, true, true", "lfm2, true, true"
    })
    void failsWhoUsesItAndNobodyElse(String kind, boolean unified, boolean flash) throws Exception {
        Path file = TinyGguf.writeSpoilt(kind, TinyGguf.FIRST_BYTE + '~', directory);
        try (NativeModel model = NativeModel.open(file, ModelOptions.DEFAULT)) {
            ContextOptions options = ContextOptions.of(2048, 8)
                    .withBatch(256, 64)
                    .withThreads(1)
                    .withUnified(unified)
                    .withFlashAttention(flash);
            Lane lane = new Lane("policy", new NativeTokenizer(model), LlamaModelRunner.open(model, options));
            try (Engine engine = new Engine(List.of(lane))) {
                EnginePolicy policy = new EnginePolicy(engine, lane, new SolvePrompt(ChatTemplate.PLAIN, null));
                List<Object> alone = answers(engine, policy, "what is 1 + 2?");
                List<Object> beside = answers(engine, policy, "what is 1 + 2?", SPOILT, "and 3 + 4?", SPOILT);
                assertThat(beside.get(0)).isEqualTo(alone.get(0));
                assertThat(beside.get(2)).isInstanceOf(String.class);
                for (int spoilt : new int[] {1, 3}) {
                    Object failure = beside.get(spoilt);
                    assertThat(failure instanceof CompletionException thrown ? thrown.getCause() : failure)
                            .isInstanceOf(EspalierException.class)
                            .extracting(thrown -> ((Throwable) thrown).getMessage())
                            .asString()
                            .startsWith("the policy gives no numbers for this text")
                            .doesNotContain("\n");
                }
                assertThat(answers(engine, policy, "what is 1 + 2?")).isEqualTo(alone);
                assertThat(engine.failure()).isEmpty();
                assertThat(engine.health())
                        .extracting(LaneHealth::failedSteps)
                        .allSatisfy(failed -> assertThat(failed).isPositive());
            }
        }
    }
}
