package org.espalier.llama;

import java.nio.file.Path;
import org.espalier.engine.Batch;
import org.espalier.model.Attention;
import org.espalier.model.EspalierException;

/** Tries whether tree attention runs with a model on this machine. */
public final class AttentionTrial {
    private static final int TOKENS = 8;
    private static final int CELLS = 256;

    private AttentionTrial() {}

    /**
     * Decodes a few tokens with tree attention asked for, and says in words what ran.
     *
     * @throws EspalierException if the model cannot be loaded or does not generate text
     */
    public static String of(Path file) {
        ContextOptions options =
                ContextOptions.of(CELLS, 2).withThreads(1).withBatch(TOKENS, 2).withAttention(Attention.TREE);
        try (NativeModel model = NativeModel.open(file, ModelOptions.DEFAULT);
                LlamaModelRunner runner = LlamaModelRunner.open(model, options)) {
            if (runner.attentionOperations().isEmpty()) {
                return "stock: " + runner.whyStockAttention();
            }
            Batch batch = runner.batch();
            batch.clear();
            for (int i = 0; i < TOKENS; i++) {
                batch.add(i % model.vocabularySize(), i, 0);
            }
            runner.run(Long.MAX_VALUE);
            return "tree attention runs here (%d operations taken of a decode in %d layers); %s"
                    .formatted(
                            runner.attentionOperations().orElse(0),
                            model.layers(),
                            Attention.preferred() == Attention.TREE ? "it is on" : "it is off");
        }
    }
}
