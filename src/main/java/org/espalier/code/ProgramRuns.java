package org.espalier.code;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.DoubleAdder;
import org.espalier.sandbox.Limits;
import org.espalier.sandbox.Sandbox;

/**
 * Runs programs beside the decoding, several at a time. A program that was run with the same tests before is not run again.
 */
public final class ProgramRuns implements AutoCloseable {
    private static final int CLOSING_SECONDS = 30;

    private final Language language;
    private final Sandbox sandbox;
    private final Limits limits;
    private final ExecutorService threads;
    private final Deque<ProgramRunner> idle = new ArrayDeque<>();
    private final Map<Key, CompletableFuture<TestRun>> known = new ConcurrentHashMap<>();
    private final AtomicInteger runs = new AtomicInteger();
    private final DoubleAdder cpuSeconds = new DoubleAdder();
    private boolean closed;

    private record Key(String program, TestSuite suite) {}

    /**
     * Opens the runs of one language; processes are started as they are needed.
     *
     * @param atOnce programs at a time
     * @throws org.espalier.model.UsageException if a program that the language needs is not installed
     */
    public ProgramRuns(Language language, Sandbox sandbox, Limits limits, int atOnce) {
        this.language = language;
        this.sandbox = sandbox;
        this.limits = limits;
        Map<String, ?> unused = language.programs();
        AtomicInteger number = new AtomicInteger();
        threads = Executors.newFixedThreadPool(atOnce, task -> {
            Thread thread = new Thread(task, "espalier-program-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
    }

    /** Programs at a time that leave half of the machine to the models. */
    public static int usualAtOnce() {
        return Math.max(1, Runtime.getRuntime().availableProcessors() / 2);
    }

    public Language language() {
        return language;
    }

    public Sandbox sandbox() {
        return sandbox;
    }

    /** Runs a program with tests, or tells what it did before. Fails with a {@link BrokenTestsException} if the tests do. */
    public CompletableFuture<TestRun> run(String program, TestSuite suite) {
        Key key = new Key(ProgramText.normalised(program, language), suite);
        return known.computeIfAbsent(key, k -> CompletableFuture.supplyAsync(() -> ran(program, suite), threads));
    }

    /** Forgets what was run, so that it does not fill the memory over many problems. */
    public void forget() {
        known.clear();
    }

    private TestRun ran(String program, TestSuite suite) {
        ProgramRunner runner = taken();
        try {
            TestRun run = runner.run(program, suite);
            runs.incrementAndGet();
            cpuSeconds.add(run.cpuSeconds());
            return run;
        } finally {
            giveBack(runner);
        }
    }

    private ProgramRunner taken() {
        synchronized (idle) {
            ProgramRunner runner = idle.poll();
            return runner == null ? new WorkerRunner(language, sandbox, limits) : runner;
        }
    }

    private void giveBack(ProgramRunner runner) {
        synchronized (idle) {
            if (!closed) {
                idle.push(runner);
                return;
            }
        }
        runner.close();
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
        synchronized (idle) {
            closed = true;
            idle.forEach(ProgramRunner::close);
            idle.clear();
        }
        threads.shutdownNow();
        try {
            boolean unused = threads.awaitTermination(CLOSING_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
