package org.espalier.llama;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.espalier.engine.Batch;
import org.espalier.engine.ModelRunner;
import org.espalier.engine.ModelRunner.Outcome;
import org.espalier.model.EspalierException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One loaded model, with a LoRA and without. */
class NativeAdapterIT {
    private static final long SEED = 20261126;
    private static final int RANK = 4;
    private static final List<String> MATRICES =
            List.of("attn_q", "attn_k", "attn_v", "attn_output", "ffn_gate", "ffn_up", "ffn_down", "output");
    private static final ContextOptions OPTIONS =
            ContextOptions.of(512, 4).withBatch(128, 8).withThreads(1);

    @TempDir
    static Path directory;

    private static Path base;
    private static NativeModel model;
    private static Path adapterFile;
    private static Path mergedFile;

    @BeforeAll
    static void write() throws Exception {
        base = TinyGguf.write("llama", directory);
        model = NativeModel.open(base, ModelOptions.DEFAULT);
        LoraGguf lora = LoraGguf.over(base, RANK, 8, SEED, MATRICES);
        adapterFile = lora.write(directory.resolve("lora.gguf"));
        mergedFile = lora.merge(base, directory.resolve("merged.gguf"));
    }

    @AfterAll
    static void close() {
        model.close();
    }

    /** Log-probabilities of the watched tokens after each position. */
    private static double[][] read(ModelRunner runner, int[] path, List<Integer> watched) {
        runner.watch(watched);
        double[][] read = new double[path.length][watched.size()];
        Batch batch = runner.batch();
        for (int start = 0; start < path.length; start += 8) {
            batch.clear();
            int end = Math.min(path.length, start + 8);
            for (int i = start; i < end; i++) {
                batch.watch(batch.add(path[i], i, 0));
            }
            assertThat(runner.run(Long.MAX_VALUE)).isEqualTo(Outcome.DONE);
            for (int i = start; i < end; i++) {
                for (int k = 0; k < watched.size(); k++) {
                    read[i][k] = batch.watchedLogProb(i - start, k);
                }
            }
        }
        return read;
    }

    private static double farthest(double[][] one, double[][] other) {
        double largest = 0;
        for (int i = 0; i < one.length; i++) {
            for (int k = 0; k < one[i].length; k++) {
                largest = Math.max(largest, Math.abs(one[i][k] - other[i][k]));
            }
        }
        return largest;
    }

    @Test
    void anAdapterComputesWhatItsMergedModelDoesAndLeavesTheBaseAsItIs() throws Exception {
        int[] path = new Random(SEED).ints(60, 0, TinyGguf.VOCABULARY).toArray();
        List<Integer> watched = List.of(7, 70, 130, 190, 261, 262, 263, 264);
        try (NativeAdapter adapter = NativeAdapter.open(model, adapterFile);
                NativeModel merged = NativeModel.open(mergedFile, ModelOptions.DEFAULT);
                ModelRunner plain = LlamaModelRunner.open(model, OPTIONS);
                ModelRunner adapted = LlamaModelRunner.open(model, OPTIONS, adapter);
                ModelRunner whole = LlamaModelRunner.open(merged, OPTIONS)) {
            double[][] expected = read(whole, path, watched);
            assertThat(farthest(read(adapted, path, watched), expected)).isLessThan(1e-3);
            double[][] unadapted = read(plain, path, watched);
            assertThat(farthest(unadapted, expected)).as("the adapter matters").isGreaterThan(0.5);
            double[][] reference = ReferenceLlama.read(base).logProbs(path);
            for (int i = 0; i < path.length; i++) {
                for (int k = 0; k < watched.size(); k++) {
                    assertThat(unadapted[i][k]).isCloseTo(reference[i][watched.get(k)], within(0.05));
                }
            }
            double[][] mergedReference = ReferenceLlama.read(mergedFile).logProbs(path);
            assertThat(expected[59][0]).isCloseTo(mergedReference[59][7], within(0.05));
        }
    }

    @Test
    void anAdapterOfAnotherBaseIsRefused() throws IOException {
        refused(
                new LoraGguf(RANK, 8).change("blk.0.attn_q.weight", 32, 32, new Random(1)),
                "tensor 'blk.0.attn_q.weight' has incorrect shape");
        refused(new LoraGguf(RANK, 8).change("blk.9.attn_q.weight", 64, 64, new Random(1)), "blk.9.attn_q.weight");
        LoraGguf qwen = new LoraGguf(RANK, 8).change("blk.0.attn_q.weight", 64, 64, new Random(1));
        qwen.architecture = "qwen2";
        refused(qwen, "arch");
        LoraGguf noAdapter = new LoraGguf(RANK, 8).change("blk.0.attn_q.weight", 64, 64, new Random(1));
        noAdapter.type = "model";
        refused(noAdapter, "adapter");
    }

    private static void refused(LoraGguf lora, String reason) throws IOException {
        refused(lora.write(directory.resolve("refused.gguf")), reason);
    }

    private static void refused(Path file, String reason) {
        assertThatThrownBy(() -> NativeAdapter.open(model, file).close())
                .isInstanceOf(EspalierException.class)
                .hasMessageStartingWith("cannot load the adapter " + file + " for the model llama.gguf: ")
                .hasMessageContaining(reason)
                .extracting(Throwable::getMessage)
                .satisfies(message -> assertThat(message.toString().lines()).hasSize(1));
    }

    @Test
    void aFileThatIsNoAdapterIsRefused() throws IOException {
        refused(base, "adapter");
        refused(directory.resolve("missing.gguf"), "there is no such file");
        refused(Files.writeString(directory.resolve("text.gguf"), "not a GGUF at all, but some text"), "");
        byte[] bytes = Files.readAllBytes(adapterFile);
        refused(Files.write(directory.resolve("cut.gguf"), Arrays.copyOf(bytes, bytes.length / 2)), "");
    }

    @Test
    void anAdapterOfAnotherLoadedModelIsRefused() {
        try (NativeModel other = NativeModel.open(base, ModelOptions.DEFAULT);
                NativeAdapter adapter = NativeAdapter.open(other, adapterFile)) {
            assertThatThrownBy(() -> LlamaModelRunner.open(model, OPTIONS, adapter))
                    .isInstanceOf(EspalierException.class)
                    .hasMessageContaining("was loaded for another model");
        }
    }

    @Test
    void staysOpenForItsContexts() {
        NativeAdapter adapter = NativeAdapter.open(model, adapterFile);
        ModelRunner runner = LlamaModelRunner.open(model, OPTIONS, adapter);
        assertThatThrownBy(adapter::close).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(model::close).isInstanceOf(IllegalStateException.class);
        runner.close();
        adapter.close();
        adapter.close();
        assertThatThrownBy(() -> LlamaModelRunner.open(model, OPTIONS, adapter))
                .isInstanceOf(IllegalStateException.class);
    }
}
