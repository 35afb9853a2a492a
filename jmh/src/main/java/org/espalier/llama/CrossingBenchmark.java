package org.espalier.llama;

import java.util.concurrent.TimeUnit;
import org.espalier.model.FetchListener;
import org.espalier.catalog.ModelStore;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.CompilerControl;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * A step's one call of native code, with a batch that has nothing in it; against a call in Java, and against the smallest
 * decode there is, one token of the smallest bundled model.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(
        value = 1,
        jvmArgsAppend = {"-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"})
@Warmup(iterations = 5, time = 200, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 10, time = 200, timeUnit = TimeUnit.MILLISECONDS)
public class CrossingBenchmark {
    private NativeModel model;
    private LlamaModelRunner runner;
    private long calls;

    @Setup
    public void open() {
        ModelStore store = ModelStore.open();
        model = NativeModel.open(
                store.resolve("arith-small", FetchListener.NONE).path(), ModelOptions.DEFAULT);
        runner = LlamaModelRunner.open(model, ContextOptions.of(256, 1).withThreads(1));
    }

    @TearDown
    public void close() {
        runner.close();
        model.close();
    }

    @Benchmark
    public Object crossing() {
        runner.batch().clear();
        return runner.run(Long.MAX_VALUE);
    }

    @Benchmark
    @CompilerControl(CompilerControl.Mode.DONT_INLINE)
    public long baselineCall() {
        return calls++;
    }

    /** Position 0, removed before it is computed again. */
    @Benchmark
    public Object baselineOneToken() {
        runner.batch().clear();
        runner.batch().remove(0, 0);
        runner.batch().add(1, 0, 0);
        return runner.run(Long.MAX_VALUE);
    }
}
