package org.espalier.code;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.DoubleAdder;
import org.espalier.code.TestRun.Status;
import org.espalier.sandbox.Limits;
import org.espalier.sandbox.Sandbox;
import org.jspecify.annotations.Nullable;

/** The runs of somebody's programs, counted. A program that was run with the same tests before is not run again. */
public final class ProgramRuns implements AutoCloseable {
    /** What came of a reply without a program. */
    private static final TestRun NO_PROGRAM = new TestRun(List.of(), Status.BROKEN, "the reply has no program", 0, 0);

    private final ProgramPool pool;
    private final @Nullable ProgramPool owned;
    private final Map<Key, CompletableFuture<TestRun>> known = new ConcurrentHashMap<>();
    private final Map<String, CompletableFuture<Beginning>> begun = new ConcurrentHashMap<>();
    private final AtomicInteger runs = new AtomicInteger();
    private final DoubleAdder cpuSeconds = new DoubleAdder();

    private record Key(String program, TestSuite suite) {}

    private ProgramRuns(ProgramPool pool, @Nullable ProgramPool owned) {
        this.pool = pool;
        this.owned = owned;
    }

    /** Runs in processes that others use too, which stay open. */
    public ProgramRuns(ProgramPool pool) {
        this(pool, null);
    }

    /**
     * Runs in processes of their own; they are started as they are needed.
     *
     * @param atOnce programs at a time
     * @throws org.espalier.model.UsageException if a program that the language needs is not installed
     */
    public static ProgramRuns open(Language language, Sandbox sandbox, Limits limits, int atOnce) {
        ProgramPool own = new ProgramPool(language, sandbox, limits, atOnce);
        return new ProgramRuns(own, own);
    }

    public Language language() {
        return pool.language();
    }

    public Sandbox sandbox() {
        return pool.sandbox();
    }

    /** Runs a program with tests, or tells what it did before. Fails with a {@link BrokenTestsException} if the tests do. */
    public CompletableFuture<TestRun> run(String program, TestSuite suite) {
        Key key = new Key(ProgramText.normalised(program, language()), suite);
        return known.computeIfAbsent(key, k -> pool.run(program, suite).thenApply(this::counted));
    }

    /** Runs the program that a reply has with the given tests of a task; without a program that is the failure. */
    CompletableFuture<TestRun> runOf(String program, CodeTask task) {
        return program.isBlank() ? CompletableFuture.completedFuture(NO_PROGRAM) : run(program, task.given());
    }

    /** What is known of a program of which whole lines are written. */
    CompletableFuture<Beginning> begin(String lines) {
        return begun.computeIfAbsent(lines, pool::begin);
    }

    private TestRun counted(TestRun run) {
        runs.incrementAndGet();
        cpuSeconds.add(run.cpuSeconds());
        return run;
    }

    /** Forgets what was run, so that it does not fill the memory over many problems. */
    public void forget() {
        known.clear();
        begun.clear();
    }

    /** Programs that were run. */
    public int runs() {
        return runs.get();
    }

    /** Processor time that they took. */
    public double cpuSeconds() {
        return cpuSeconds.sum();
    }

    @Override
    public void close() {
        if (owned != null) {
            owned.close();
        }
    }
}
