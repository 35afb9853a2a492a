package org.espalier.engine;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Detokenising and looking for the delimiter, for one token of a step of 24; against text that is decoded and searched. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(
        value = 1,
        jvmArgsAppend = {"-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"})
@Warmup(iterations = 5, time = 200, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 10, time = 200, timeUnit = TimeUnit.MILLISECONDS)
public class StepTextBenchmark {
    private static final int TOKENS = 24;
    private static final String DELIMITER = "\n\n";

    private final byte[][] pieces = pieces();

    private static byte[][] pieces() {
        byte[][] pieces = new byte[TOKENS][];
        for (int i = 0; i < TOKENS - 1; i++) {
            pieces[i] = (i % 3 == 0 ? " 84" : " = ").getBytes(StandardCharsets.UTF_8);
        }
        pieces[TOKENS - 1] = DELIMITER.getBytes(StandardCharsets.UTF_8);
        return pieces;
    }

    @Benchmark
    @OperationsPerInvocation(TOKENS)
    public boolean append() {
        StepText text = new StepText(List.of(DELIMITER), false);
        boolean ended = false;
        for (byte[] piece : pieces) {
            ended = text.append(piece);
        }
        return ended;
    }

    @Benchmark
    @OperationsPerInvocation(TOKENS)
    public boolean baselineString() {
        StringBuilder text = new StringBuilder();
        boolean ended = false;
        for (byte[] piece : pieces) {
            text.append(new String(piece, StandardCharsets.UTF_8));
            ended = text.indexOf(DELIMITER) >= 0;
        }
        return ended;
    }
}
