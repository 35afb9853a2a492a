package org.espalier.sandbox;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.espalier.model.EspalierException;
import org.jspecify.annotations.Nullable;

/**
 * A process in a sandbox, with which its caller speaks in lines. It ends when it is closed, when this JVM ends however it
 * does, and when it uses more than it may. One thread.
 */
public final class SandboxedProcess implements AutoCloseable {
    /** What the sandbox itself and a helper in it take. */
    static final long OVERHEAD_BYTES = 128L << 20;

    static final int OVERHEAD_PROCESSES = 6;

    private static final int CLOSING_SECONDS = 10;

    /**
     * The kernel ends a sandbox with the thread that began it, so that it does not outlive a JVM that is killed: that must
     * be a thread that stays.
     */
    private static final ExecutorService STARTER = Executors.newSingleThreadExecutor(task -> {
        Thread thread = new Thread(task, "espalier-sandbox-starter");
        thread.setDaemon(true);
        return thread;
    });

    /** Why a process was ended before its own end. */
    public enum Cause {
        /** It held too much memory. */
        MEMORY,
        /** It had too many processes. */
        PROCESSES,
        /** It wrote too much. */
        OUTPUT,
        /** It did not answer in time. */
        TIME
    }

    private final Sandbox sandbox;
    private final LineProcess process;
    private volatile @Nullable Cause cause;
    private boolean over;

    private SandboxedProcess(Sandbox sandbox, Process process, Limits limits) {
        this.sandbox = sandbox;
        this.process = new LineProcess(
                process,
                "espalier-sandbox",
                (int) Math.min(Integer.MAX_VALUE, 2 * limits.outputBytes()),
                () -> cause = Cause.OUTPUT,
                sandbox.endsWhenAsked());
        Watch.begin(this, limits);
    }

    /**
     * Starts a program.
     *
     * @throws EspalierException if the sandbox cannot be started
     */
    public static SandboxedProcess start(Sandbox sandbox, List<String> command, List<Path> readable, Limits limits) {
        ProcessBuilder builder = new ProcessBuilder(sandbox.command(command, readable, limits));
        builder.environment().keySet().removeIf(name -> !name.equals("PATH") && !name.equals("LANG"));
        try {
            return new SandboxedProcess(sandbox, STARTER.submit(builder::start).get(), limits);
        } catch (ExecutionException e) {
            throw new EspalierException(
                    "cannot start the sandbox %s: %s"
                            .formatted(
                                    sandbox.name(),
                                    e.getCause() == null ? e : e.getCause().getMessage()),
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancellationException("interrupted while a sandbox was started");
        }
    }

    ProcessHandle handle() {
        return process.process().toHandle();
    }

    void end(Cause why) {
        cause = why;
        process.stop();
    }

    /** Why it was ended; empty if it was not. */
    public Optional<Cause> cause() {
        Cause known = cause;
        if (known != null || !over) {
            return Optional.ofNullable(known);
        }
        try {
            Process ended = process.process();
            return ended.waitFor(CLOSING_SECONDS, TimeUnit.SECONDS)
                    ? sandbox.cause(ended.exitValue())
                    : Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    /** The beginning of what it wrote to standard error. */
    public String errors() {
        return process.errors();
    }

    /** Sends text as it is; returns false if the process has ended. */
    public boolean send(String text) {
        return process.send(text);
    }

    /**
     * Waits for a line.
     *
     * @return null if the process has ended, or the time has
     * @throws CancellationException if this thread is interrupted; the interrupt is still set
     */
    public @Nullable String receive(Duration most) {
        if (over) {
            return null;
        }
        String line = process.receive(most);
        over = line == null;
        if (over && !process.isOver()) {
            end(Cause.TIME);
        }
        return line;
    }

    /** Whether it still runs. */
    public boolean isAlive() {
        return !over && process.process().isAlive();
    }

    /** Ends it and all that it has started, and waits until they are gone. */
    @Override
    public void close() {
        Watch.end(this);
        over = true;
        process.close();
    }
}
