package org.espalier.engine;

import java.util.concurrent.TimeUnit;
import org.espalier.model.SamplingParams;
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
import org.openjdk.jmh.annotations.Warmup;

/** Writing a step's batch, a token and a row for each branch, into the buffer that crosses; against a plain array. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(
        value = 1,
        jvmArgsAppend = {"-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"})
@Warmup(iterations = 5, time = 200, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 10, time = 200, timeUnit = TimeUnit.MILLISECONDS)
public class BatchBenchmark {
    private static final SamplingParams SAMPLING = new SamplingParams(0.8, 0, 1, 0);

    @Param({"16", "64", "255"})
    private int branches;

    private Batch batch;
    private int[] array;

    @Setup
    public void open() {
        batch = new Batch(4 * branches, 512, branches);
        array = new int[branches * (Batch.TOKEN_WORDS + Batch.ROW_IN_WORDS)];
    }

    @Benchmark
    public Batch fill() {
        batch.clear();
        for (int i = 0; i < branches; i++) {
            batch.sample(batch.add(i, 200, i), SAMPLING, i);
        }
        return batch;
    }

    @Benchmark
    public int[] baselineArray() {
        int at = 0;
        for (int i = 0; i < branches; i++) {
            for (int word = 0; word < Batch.TOKEN_WORDS + Batch.ROW_IN_WORDS; word++) {
                array[at++] = i + word;
            }
        }
        return array;
    }
}
