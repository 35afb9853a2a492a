package org.espalier.code;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.espalier.sandbox.Limits;
import org.espalier.sandbox.Sandbox;

/** The processes that run programs of one language beside the decoding, several at a time, for all who share them. */
public final class ProgramPool implements AutoCloseable {
    private static final int CLOSING_SECONDS = 30;

    private final Language language;
    private final Sandbox sandbox;
    private final Limits limits;
    private final ExecutorService threads;
    private final Deque<ProgramRunner> idle = new ArrayDeque<>();
    private boolean closed;

    /**
     * Opens a pool; processes are started as they are needed.
     *
     * @param atOnce programs at a time
     * @throws org.espalier.model.UsageException if a program that the language needs is not installed
     */
    public ProgramPool(Language language, Sandbox sandbox, Limits limits, int atOnce) {
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

    Language language() {
        return language;
    }

    Sandbox sandbox() {
        return sandbox;
    }

    /** Runs a program with tests as soon as one of the processes is free. */
    CompletableFuture<TestRun> run(String program, TestSuite suite) {
        return CompletableFuture.supplyAsync(() -> with(runner -> runner.run(program, suite)), threads);
    }

    /** What is known of a program of which whole lines are written. */
    CompletableFuture<Beginning> begin(String lines) {
        return CompletableFuture.supplyAsync(() -> with(runner -> runner.begin(lines)), threads);
    }

    private <T> T with(Function<ProgramRunner, T> use) {
        ProgramRunner runner = taken();
        try {
            return use.apply(runner);
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
