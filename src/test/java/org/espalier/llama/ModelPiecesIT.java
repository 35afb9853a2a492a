package org.espalier.llama;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.espalier.engine.Batch;
import org.espalier.engine.ModelRunner;
import org.espalier.engine.ModelRunner.Outcome;
import org.espalier.model.EspalierException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelPiecesIT {
    @TempDir
    private Path folder;

    private static float logProb(Path file) {
        try (NativeModel model = NativeModel.open(file, ModelOptions.DEFAULT);
                ModelRunner runner = LlamaModelRunner.open(
                        model, ContextOptions.of(256, 4).withBatch(64, 8).withThreads(1))) {
            Batch batch = runner.batch();
            batch.clear();
            int row = batch.target(batch.add(40, 0, 0), 41);
            assertThat(runner.run(Long.MAX_VALUE)).isEqualTo(Outcome.DONE);
            return batch.logProb(row);
        }
    }

    @Test
    void computesAsTheWholeFile() throws Exception {
        Path whole = TinyGguf.write("llama", folder);
        Path first = SplitGguf.split(whole, folder, "split");
        assertThat(logProb(first)).isEqualTo(logProb(whole));
    }

    @Test
    void withoutAPieceItIsAnError() throws Exception {
        Path first = SplitGguf.split(TinyGguf.write("llama", folder), folder, "split");
        Files.delete(folder.resolve("split-00002-of-00002.gguf"));
        assertThatThrownBy(() -> NativeModel.open(first, ModelOptions.DEFAULT)).isInstanceOf(EspalierException.class);
    }
}
