package org.espalier.llama;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.espalier.catalog.CatalogEntry;
import org.espalier.catalog.ModelStore;
import org.espalier.engine.Batch;
import org.espalier.engine.ModelRunner.Outcome;
import org.espalier.model.Attention;
import org.espalier.model.FetchListener;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Real models over a tree of branches: log-probabilities of tree attention against llama.cpp's own. */
class TreeAttentionIT {
    private static final String TEXT =
            "A baker makes 24 loaves on Monday and half as many on Tuesday. On Wednesday she makes as many as on both days "
                    + "together, but sells only two thirds of them. How many loaves are left? Let us go step by step. On "
                    + "Tuesday she makes 24 / 2 = 12 loaves. On both days together she makes 24 + 12 = 36 loaves. So on "
                    + "Wednesday she makes 36 loaves, of which she sells 36 * 2 / 3 = 24. What is left is 36 - 24 = 12.";

    private static final int BRANCHES = 16;
    private static final int PREFIX = 40;
    private static final int OWN = 12;
    private static final int TARGETS = 32;

    /** Where the last tokens of all branches are read. */
    private static double[] grow(NativeModel model, ContextOptions options, boolean tree) {
        int[] text = new NativeTokenizer(model).encode(TEXT, true);
        List<Double> read = new ArrayList<>();
        try (LlamaModelRunner runner = LlamaModelRunner.open(model, options)) {
            assertThat(runner.attentionOperations().isPresent())
                    .as(runner.whyStockAttention())
                    .isEqualTo(tree);
            Batch batch = runner.batch();
            for (int i = 0; i < PREFIX; i++) {
                batch.add(text[i], i, 0);
            }
            assertThat(runner.run(Long.MAX_VALUE)).isEqualTo(Outcome.DONE);
            for (int own = 0; own < OWN; own++) {
                batch.clear();
                for (int branch = 0; branch < BRANCHES; branch++) {
                    if (own == 0 && branch > 0) {
                        batch.copy(0, branch, PREFIX);
                    }
                }
                List<Integer> rows = new ArrayList<>();
                for (int branch = 0; branch < BRANCHES; branch++) {
                    int index = batch.add(text[(PREFIX + 5 * branch + own) % text.length], PREFIX + own, branch);
                    for (int i = 0; i < TARGETS && own % 4 == 3; i++) {
                        rows.add(batch.target(index, text[(i * 3) % text.length]));
                    }
                }
                assertThat(runner.run(Long.MAX_VALUE)).isEqualTo(Outcome.DONE);
                rows.forEach(row -> read.add((double) batch.logProb(row)));
            }
            if (tree) {
                assertThat(runner.attentionOperations().orElseThrow()).isEqualTo((1L + OWN) * model.layers());
            }
        }
        return read.stream().mapToDouble(Double::doubleValue).toArray();
    }

    private static double distance(double[] one, double[] other) {
        assertThat(one).hasSameSizeAs(other);
        double sum = 0;
        for (int i = 0; i < one.length; i++) {
            sum += (one[i] - other[i]) * (one[i] - other[i]);
        }
        return Math.sqrt(sum / one.length);
    }

    /**
     * As near to attention without flash attention as llama.cpp's flash attention is. Weights in four bits quantise what
     * they are multiplied with, which makes any rounding larger by chance: hence the margin.
     */
    @ParameterizedTest
    @ValueSource(strings = {"smollm2-135m-instruct", "gemma-3-270m"})
    void isAsNearAsFlashAttention(String name) {
        ModelStore store = ModelStore.open();
        CatalogEntry wanted = store.catalog().get(name);
        assumeTrue(
                store.isPresent(wanted), name + " is not on this disk: 'espalier models fetch " + name + "' brings it");
        ContextOptions options = ContextOptions.of(1024, BRANCHES)
                .withBatch(64, BRANCHES * TARGETS)
                .withThreads(1)
                .withAttention(Attention.STOCK);
        try (NativeModel model =
                NativeModel.open(store.fetch(wanted, FetchListener.NONE).path(), ModelOptions.DEFAULT)) {
            assumeTrue(NativeLibrary.hasTreeAttention(), "no tree attention on this processor");
            double[] exact = grow(model, options.withFlashAttention(false), false);
            double stock = distance(grow(model, options, false), exact);
            double tree = distance(grow(model, options.withAttention(Attention.TREE), true), exact);
            System.out.printf("%s: from attention without flash attention: stock %.4f, tree %.4f%n", name, stock, tree);
            assertThat(Arrays.stream(exact).average().orElseThrow()).isNegative();
            assertThat(tree).isPositive().isLessThan(1.25 * stock + 1e-3);
        }
    }
}
