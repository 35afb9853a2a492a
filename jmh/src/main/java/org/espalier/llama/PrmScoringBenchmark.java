package org.espalier.llama;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.espalier.model.FetchListener;
import org.espalier.catalog.ModelStore;
import org.espalier.engine.Batch;
import org.espalier.prm.DenseHead;
import org.espalier.prm.DenseHead.Layer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * A new step of 40 tokens under a path of 600, for 16 siblings: forks, decode, and a score for each; against the decode of
 * those 640 tokens without any score, and against scoring the whole texts anew. With a two-layer head, and with verdict
 * tokens.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(
        value = 1,
        jvmArgsAppend = {"-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"})
@Warmup(iterations = 1)
@Measurement(iterations = 3)
public class PrmScoringBenchmark {
    private static final int SIBLINGS = 16;
    private static final int PATH = 600;
    private static final int STEP = 40;
    private static final int BATCH = 640;

    @Param({"head", "verdict"})
    public String read;

    @Param("smollm2-135m-instruct")
    public String modelName;

    private NativeModel model;
    private LlamaModelRunner runner;
    private int[] tokens;

    @Setup
    public void open() {
        ModelStore store = ModelStore.open();
        model = NativeModel.open(store.resolve(modelName, FetchListener.NONE).path(), ModelOptions.DEFAULT);
        ContextOptions options =
                ContextOptions.of(SIBLINGS * (PATH + STEP) + PATH, SIBLINGS + 1).withBatch(BATCH, 32).withThreads(1);
        runner = LlamaModelRunner.open(model, options, read.equals("head") ? head(model.embeddingSize()) : null, null);
        if (!read.equals("head")) {
            runner.watch(List.of(10, 12));
        }
        tokens = new Random(1)
                .ints(PATH + STEP, 0, model.vocabularySize())
                .toArray();
        Batch batch = runner.batch();
        batch.clear();
        append(SIBLINGS, 0, PATH);
        runner.run(Long.MAX_VALUE);
    }

    /** Of the shape of Qwen2.5-Math-PRM's. */
    private static DenseHead head(int width) {
        float[] dense = new float[width * width];
        Arrays.fill(dense, 0.01f);
        return DenseHead.twoLayers(
                new Layer(width, dense, new float[width]), new Layer(width, new float[2 * width], new float[2]));
    }

    @TearDown
    public void close() {
        runner.close();
        model.close();
    }

    private int append(int sequence, int from, int to) {
        int last = -1;
        for (int position = from; position < to; position++) {
            last = runner.batch().add(tokens[position], position, sequence);
        }
        return last;
    }

    private void ask(int tokenIndex) {
        if (read.equals("head")) {
            runner.batch().head(tokenIndex);
        } else {
            runner.batch().watch(tokenIndex);
        }
    }

    /** Forks for all siblings, and their own tokens. */
    private Object step(boolean scored) {
        Batch batch = runner.batch();
        batch.clear();
        for (int sibling = 0; sibling < SIBLINGS; sibling++) {
            batch.remove(sibling, 0);
            batch.copy(SIBLINGS, sibling, PATH);
            int last = append(sibling, PATH, PATH + STEP);
            if (scored) {
                ask(last);
            }
        }
        return runner.run(Long.MAX_VALUE);
    }

    @Benchmark
    public Object score() {
        return step(true);
    }

    @Benchmark
    public Object baselineDecode() {
        return step(false);
    }

    @Benchmark
    public Object baselineWholeTexts() {
        Object outcome = null;
        for (int sibling = 0; sibling < SIBLINGS; sibling++) {
            runner.batch().clear();
            runner.batch().remove(sibling, 0);
            ask(append(sibling, 0, PATH + STEP));
            outcome = runner.run(Long.MAX_VALUE);
        }
        return outcome;
    }
}
