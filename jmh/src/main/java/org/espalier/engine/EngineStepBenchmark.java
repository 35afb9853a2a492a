package org.espalier.engine;

import java.util.concurrent.TimeUnit;
import org.espalier.engine.Sequence.Role;
import org.espalier.model.Budget;
import org.espalier.model.StepRequest;
import org.espalier.model.Meter;
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

/**
 * One step of the decode loop without the model: schedule, fill the batch, take the tokens back. {@code -prof gc} says what
 * it allocates. The branches' lists have room from the start: that they grow is a cost of a branch, not of a step.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(
        value = 1,
        jvmArgsAppend = {"-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx2g"})
@Warmup(iterations = 5, time = 200, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 10, time = 200, timeUnit = TimeUnit.MILLISECONDS)
public class EngineStepBenchmark {
    private static final int PROMPT = 200;
    /** Tokens, of all branches together. */
    private static final int ROOM = 1 << 25;

    private static final int STEPS_TO_START = 8;
    private static final SamplingParams SAMPLING = new SamplingParams(0.8, 0, 1, 0);

    @Param({"16", "64", "255"})
    private int branches;

    private Lane lane;
    private SilentRunner asked;

    @Setup
    public void open() {
        lane = new Lane("policy", new OneWord(new byte[0]), new SilentRunner(branches + 1));
        Sequence root = lane.open(new int[PROMPT], new Meter(Budget.UNLIMITED), Role.POLICY);
        StepRequest request = StepRequest.toEnd(SAMPLING, 1, Integer.MAX_VALUE);
        for (int i = 0; i < branches; i++) {
            lane.generate(root, request);
        }
        for (int i = 0; i < root.demand.branches(); i++) {
            root.demand.branch(i).tokens.ensureCapacity(ROOM / branches);
        }
        for (int i = 0; i < STEPS_TO_START; i++) {
            lane.step();
        }
        long before = lane.stats().tokens();
        lane.step();
        if (lane.stats().tokens() - before != branches) {
            throw new IllegalStateException("not all branches are in the batch");
        }
        asked = new SilentRunner(branches);
        for (int i = 0; i < branches; i++) {
            asked.batch().sample(asked.batch().add(i, PROMPT, i), SAMPLING, i);
        }
    }

    @Benchmark
    public void step() {
        lane.step();
    }

    /** What of it is the runner's, which is not in a real one. */
    @Benchmark
    public Object baselineRunner() {
        return asked.run(Long.MAX_VALUE);
    }
}
