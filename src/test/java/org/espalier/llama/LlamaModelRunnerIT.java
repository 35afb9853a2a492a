package org.espalier.llama;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.assertj.core.data.Offset;
import org.espalier.engine.Batch;
import org.espalier.engine.ModelRunner;
import org.espalier.engine.ModelRunner.Outcome;
import org.espalier.model.EspalierException;
import org.espalier.model.SamplingParams;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LlamaModelRunnerIT {
    private static final long NEVER = Long.MAX_VALUE;
    private static final Offset<Float> CLOSE = within(5e-3f);
    private static final int[] PROMPT = {40, 41, 42, 43, 44, 45, 46, 47};

    @TempDir
    static Path directory;

    private static NativeModel model;

    @BeforeAll
    static void openModel() throws Exception {
        model = NativeModel.open(TinyGguf.write("llama", directory), ModelOptions.DEFAULT);
    }

    @AfterAll
    static void closeModel() {
        model.close();
    }

    private static ModelRunner runner(boolean unified) {
        ContextOptions options = ContextOptions.of(2048, 8).withBatch(256, 64).withThreads(1);
        return LlamaModelRunner.open(model, options.withUnified(unified));
    }

    private static int add(Batch batch, int sequence, int position, int... tokens) {
        int index = -1;
        for (int i = 0; i < tokens.length; i++) {
            index = batch.add(tokens[i], position + i, sequence);
        }
        return index;
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void statesItsCapacity(boolean unified) {
        try (ModelRunner runner = runner(unified)) {
            ModelRunner.Capacity capacity = runner.capacity();
            assertThat(capacity.unified()).isEqualTo(unified);
            assertThat(capacity.partialCopy()).isTrue();
            assertThat(capacity.cells()).isEqualTo(2048);
            assertThat(capacity.maxSequences()).isEqualTo(8);
            assertThat(capacity.maxTokensPerSequence()).isEqualTo(unified ? 2048 : 256);
            assertThat(capacity.maxBatchTokens()).isEqualTo(256);
            assertThat(runner.batch().maxTokens()).isEqualTo(256);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aBatchOfSequencesEqualsOneAfterTheOther(boolean unified) {
        try (ModelRunner together = runner(unified);
                ModelRunner apart = runner(unified)) {
            Batch batch = together.batch();
            add(batch, 0, 0, PROMPT);
            assertThat(together.run(NEVER)).isEqualTo(Outcome.DONE);
            batch.clear();
            for (int s = 1; s < 4; s++) {
                batch.copy(0, s, PROMPT.length);
            }
            for (int s = 0; s < 4; s++) {
                batch.target(add(batch, s, PROMPT.length, 60 + s, 70 + s), 80 + s);
            }
            assertThat(together.run(NEVER)).isEqualTo(Outcome.DONE);
            for (int s = 0; s < 4; s++) {
                Batch single = apart.batch();
                single.clear();
                add(single, s, 0, PROMPT);
                single.target(add(single, s, PROMPT.length, 60 + s, 70 + s), 80 + s);
                assertThat(apart.run(NEVER)).isEqualTo(Outcome.DONE);
                assertThat(batch.logProb(s)).isCloseTo(single.logProb(0), CLOSE);
                assertThat(batch.topLogProb(s)).isCloseTo(single.topLogProb(0), CLOSE);
            }
        }
    }

    @Test
    void drawsTheSameTokensForTheSameSeed() {
        SamplingParams sampling = new SamplingParams(0.8, 40, 0.95, 0.02);
        assertThat(generate(sampling, 7)).isEqualTo(generate(sampling, 7)).isNotEqualTo(generate(sampling, 8));
        assertThat(generate(SamplingParams.GREEDY, 7)).isEqualTo(generate(SamplingParams.GREEDY, 8));
    }

    private static List<Integer> generate(SamplingParams sampling, long seed) {
        List<Integer> tokens = new ArrayList<>();
        try (ModelRunner runner = runner(true)) {
            Batch batch = runner.batch();
            int row = batch.sample(add(batch, 0, 0, PROMPT), sampling, seed);
            for (int i = 0; i < 30; i++) {
                assertThat(runner.run(NEVER)).isEqualTo(Outcome.DONE);
                int token = batch.sampledToken(row);
                assertThat(token).isBetween(0, TinyGguf.VOCABULARY - 1);
                assertThat(batch.logProb(row)).isNegative();
                assertThat(batch.entropy(row)).isBetween(0f, 6f);
                tokens.add(token);
                batch.clear();
                row = batch.sample(batch.add(token, PROMPT.length + i, 0), sampling, seed);
            }
        }
        return tokens;
    }

    @Test
    void readsWatchedTokens() {
        try (ModelRunner runner = runner(true)) {
            runner.watch(List.of(50, 51));
            Batch batch = runner.batch();
            int index = add(batch, 0, 0, PROMPT);
            int watch = batch.watch(index);
            int first = batch.target(index, 50);
            int second = batch.target(index, 51);
            assertThat(runner.run(NEVER)).isEqualTo(Outcome.DONE);
            assertThat(batch.watchedLogProb(watch, 0)).isEqualTo(batch.logProb(first));
            assertThat(batch.watchedLogProb(watch, 1)).isEqualTo(batch.logProb(second));
            assertThatThrownBy(() -> runner.watch(List.of(-1))).isInstanceOf(EspalierException.class);
            assertThatThrownBy(() -> runner.watch(List.of(1, 2, 3, 4, 5, 6, 7, 8, 9)))
                    .isInstanceOf(EspalierException.class);
        }
    }

    @Test
    void endsAtTheDeadlineAndGoesOn() {
        try (ModelRunner runner = runner(true)) {
            Batch batch = runner.batch();
            for (int i = 0; i < 200; i++) {
                batch.add(50 + i % 50, i, 0);
            }
            assertThat(runner.run(System.nanoTime() - 1)).isEqualTo(Outcome.ABORTED);
            assertThat(runner.run(System.nanoTime() + TimeUnit.HOURS.toNanos(5)))
                    .isEqualTo(Outcome.DONE);
        }
    }

    @Test
    void canBeInterruptedFromAnotherThread() throws Exception {
        try (ModelRunner runner = runner(true)) {
            Batch batch = runner.batch();
            runner.interrupt();
            batch.remove(0, 0);
            assertThat(runner.run(NEVER)).as("a batch without tokens").isEqualTo(Outcome.DONE);
            batch.clear();
            add(batch, 0, 0, PROMPT);
            assertThat(runner.run(NEVER)).isEqualTo(Outcome.ABORTED);
            assertThat(runner.run(NEVER)).isEqualTo(Outcome.DONE);

            CompletableFuture<Void> other = CompletableFuture.runAsync(runner::interrupt);
            Outcome outcome;
            int position = PROMPT.length;
            do {
                batch.clear();
                batch.add(60, position, 0);
                outcome = runner.run(NEVER);
                position++;
            } while (outcome == Outcome.DONE && position < 2000);
            assertThat(outcome).isEqualTo(Outcome.ABORTED);
            other.get(10, TimeUnit.SECONDS);
        }
    }

    @Test
    void reportsAFullCache() {
        try (ModelRunner runner = LlamaModelRunner.open(model, ContextOptions.of(256, 2))) {
            Batch batch = runner.batch();
            for (int i = 0; i < 200; i++) {
                batch.add(50, i, 0);
            }
            assertThat(runner.run(NEVER)).isEqualTo(Outcome.DONE);
            batch.clear();
            for (int i = 0; i < 100; i++) {
                batch.add(50, i, 1);
            }
            assertThat(runner.run(NEVER)).isEqualTo(Outcome.NO_SPACE);
            batch.clear();
            batch.remove(0, 0);
            add(batch, 1, 0, PROMPT);
            assertThat(runner.run(NEVER)).isEqualTo(Outcome.DONE);
        }
    }

    @Test
    void refusesABatchThatCannotBe() {
        try (ModelRunner runner = runner(false)) {
            Batch batch = runner.batch();
            batch.add(50, 3, 0);
            assertThatThrownBy(() -> runner.run(NEVER))
                    .isInstanceOf(EspalierException.class)
                    .hasMessage("cannot decode the batch: sequence 0 continues at position 0, not 3");
            batch.clear();
            add(batch, 0, 0, PROMPT);
            assertThat(runner.run(NEVER)).isEqualTo(Outcome.DONE);
        }
    }

    @Test
    void refusesAContextThatMemoryCannotHold() {
        assertThatThrownBy(() -> LlamaModelRunner.open(model, ContextOptions.of(1 << 30, 1)))
                .isInstanceOf(EspalierException.class)
                .hasMessageContaining("lower n or maxTokens");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void foreseesTheNumberOfCells(boolean unified) {
        for (int cells : new int[] {1, 255, 256, 257, 769, 1000, 3000}) {
            for (int sequences : new int[] {1, 3, 256}) {
                ContextOptions options = ContextOptions.of(cells, sequences).withUnified(unified);
                try (ModelRunner runner = LlamaModelRunner.open(model, options)) {
                    assertThat(runner.capacity().cells()).isEqualTo((int) options.roundedCells());
                }
            }
        }
    }

    @Test
    void savesAndRestoresASequence() {
        ContextOptions options = ContextOptions.of(512, 2);
        try (NativeContext context = NativeContext.open(model, options);
                NativeContext other = NativeContext.open(model, options)) {
            add(context.batch(), 0, 0, PROMPT);
            assertThat(context.run(NEVER)).isEqualTo(Outcome.DONE);
            byte[] saved = context.save(0);
            other.restore(1, saved);
            float[] logProbs = new float[2];
            for (int i = 0; i < 2; i++) {
                NativeContext one = i == 0 ? context : other;
                one.batch().clear();
                one.batch().target(one.batch().add(60, PROMPT.length, i), 70);
                assertThat(one.run(NEVER)).isEqualTo(Outcome.DONE);
                logProbs[i] = one.batch().logProb(0);
            }
            assertThat(logProbs[0]).isEqualTo(logProbs[1]);

            saved[saved.length / 2] ^= 1;
            assertThatThrownBy(() -> other.restore(0, saved)).hasMessageContaining("damaged");
            assertThatThrownBy(() -> other.restore(0, new byte[3])).hasMessageContaining("not a saved sequence");
            assertThatThrownBy(() -> other.save(2)).hasMessageContaining("there is no sequence 2");
        }
    }

    @Test
    void isUselessOnceClosed() {
        ModelRunner runner = runner(true);
        runner.close();
        runner.close();
        runner.interrupt();
        assertThatThrownBy(() -> runner.run(NEVER))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("is closed");
    }

    @Test
    void cannotBeClosedUnderACall() throws Exception {
        ModelRunner runner = runner(true);
        Batch batch = runner.batch();
        for (int i = 0; i < 256; i++) {
            batch.add(50, i, 0);
        }
        CompletableFuture<Outcome> running = CompletableFuture.supplyAsync(() -> runner.run(NEVER));
        boolean refused = false;
        while (!refused && !running.isDone()) {
            try {
                runner.close();
                break;
            } catch (IllegalStateException e) {
                refused = true;
            }
        }
        // Whichever came first, the call or the close: each ends in a state that is reported.
        running.handle((outcome, error) -> outcome).get(30, TimeUnit.SECONDS);
        runner.close();
    }
}
