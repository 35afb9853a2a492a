package org.espalier.reward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.espalier.engine.Engine;
import org.espalier.engine.FakeRunner;
import org.espalier.engine.Lane;
import org.espalier.engine.ToyModel;
import org.espalier.model.Budget;
import org.espalier.model.Meter;
import org.espalier.model.Meter.Count;
import org.espalier.model.Problem;
import org.espalier.model.TextException;
import org.espalier.prompt.ChatTemplate;
import org.espalier.prompt.SolvePrompt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ContinuationScoresTest {
    private final ToyModel tokenizer = new ToyModel();
    private final Lane lane = new Lane("policy", tokenizer, FakeRunner.unified(4096, 32));
    private final Engine engine = new Engine(List.of(lane));
    private final Meter meter = new Meter(Budget.UNLIMITED);
    private final ContinuationScores scores =
            new ContinuationScores(engine, lane, new SolvePrompt(ChatTemplate.PLAIN, null));

    @AfterEach
    void close() {
        engine.close();
    }

    private List<List<Double>> read(List<String> prompts, String... texts) throws Exception {
        return scores.of(prompts.stream().map(Problem::of).toList(), List.of(texts), meter)
                .get(20, TimeUnit.SECONDS);
    }

    private double expected(String prompt, String text) {
        int[] path = tokenizer.encode(prompt + "\n\n", false);
        double sum = 0;
        for (int target : tokenizer.encode(text, false)) {
            sum += ToyModel.logProb(path, target);
            path = ToyModel.concat(path, new int[] {target});
        }
        return sum;
    }

    @Test
    void eachTextIsReadBehindEachPrompt() throws Exception {
        List<List<Double>> read = read(List.of("a b c", "a b d"), "e", "fg");

        for (int i = 0; i < 2; i++) {
            String prompt = i == 0 ? "a b c" : "a b d";
            assertThat(read.get(i).get(0)).isCloseTo(expected(prompt, "e"), within(1e-5));
            assertThat(read.get(i).get(1)).isCloseTo(expected(prompt, "fg"), within(1e-5));
        }
    }

    /** "a b " once; "c" or "d" and a line end once for each prompt; its last line end, and a text but its last token, each time. */
    @Test
    void whatPromptsHaveInCommonIsComputedOnce() throws Exception {
        read(List.of("a b c", "a b d"), "e", "fg");

        assertThat(meter.get(Count.PRM_TOKENS)).isEqualTo(4 + 2 * 2 + 2 * (1 + 2));
        assertThat(CompletableFuture.supplyAsync(lane::liveCells, engine).join())
                .isZero();
    }

    @Test
    void onePromptMayBeginTheOther() throws Exception {
        List<List<Double>> read = read(List.of("a", "a\n\n\n"), "b");

        assertThat(read.get(0).get(0)).isCloseTo(expected("a", "b"), within(1e-5));
    }

    @Test
    void aTextThatDoesNotFitHasNoScore() throws Exception {
        List<List<Double>> read = read(List.of("a"), "b", "c".repeat(10_000), "");

        assertThat(read.get(0).get(0)).isCloseTo(expected("a", "b"), within(1e-5));
        assertThat(read.get(0).get(1)).isNaN();
        assertThat(read.get(0).get(2)).isNaN();
    }

    @Test
    void aPromptThatDoesNotFitIsRefused() {
        assertThatThrownBy(() -> read(List.of("a".repeat(10_000)), "b")).hasCauseInstanceOf(TextException.class);
        assertThat(CompletableFuture.supplyAsync(lane::liveCells, engine).join())
                .isZero();
    }
}
