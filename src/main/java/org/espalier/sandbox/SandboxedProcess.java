package org.espalier.sandbox;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
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

    private static final int KEPT_ERRORS = 1 << 14;
    private static final int LINES_AHEAD = 1 << 12;
    private static final int OFFER_MILLIS = 100;
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

    /** What comes from the process; null stands for its end. */
    private record Line(@Nullable String text) {}

    private final Process process;
    private final OutputStream in;
    private final long outputBytes;
    private final BlockingQueue<Line> lines = new ArrayBlockingQueue<>(LINES_AHEAD);
    private final ByteArrayOutputStream errors = new ByteArrayOutputStream();
    private volatile @Nullable Cause cause;
    private volatile boolean closed;
    private boolean over;

    private SandboxedProcess(Process process, Limits limits) {
        this.process = process;
        in = process.getOutputStream();
        outputBytes = limits.outputBytes();
        thread("out", this::readLines);
        thread("err", this::readErrors);
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
            return new SandboxedProcess(STARTER.submit(builder::start).get(), limits);
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

    private static void thread(String name, Runnable work) {
        Thread thread = new Thread(work, "espalier-sandbox-" + name);
        thread.setDaemon(true);
        thread.start();
    }

    private void readLines() {
        try (InputStream out = new BufferedInputStream(process.getInputStream(), 1 << 16)) {
            ByteArrayOutputStream line = new ByteArrayOutputStream();
            for (int b = out.read(); b >= 0; b = out.read()) {
                if (b != '\n') {
                    line.write(b);
                } else {
                    hand(new Line(line.toString(StandardCharsets.UTF_8)));
                    line.reset();
                }
                if (line.size() > 2 * outputBytes) {
                    end(Cause.OUTPUT);
                    break;
                }
            }
        } catch (IOException ended) {
            // The process was ended while it wrote.
        } finally {
            hand(new Line(null));
        }
    }

    /** Waits for a place, unless nobody will read it any more. */
    private void hand(Line line) {
        boolean taken = false;
        while (!taken && !closed) {
            try {
                taken = lines.offer(line, OFFER_MILLIS, TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    private void readErrors() {
        byte[] buffer = new byte[1 << 12];
        try (InputStream err = process.getErrorStream()) {
            for (int count = err.read(buffer); count >= 0; count = err.read(buffer)) {
                synchronized (errors) {
                    errors.write(buffer, 0, Math.min(count, KEPT_ERRORS - errors.size()));
                }
            }
        } catch (IOException ended) {
            return;
        }
    }

    ProcessHandle handle() {
        return process.toHandle();
    }

    void end(Cause why) {
        cause = why;
        process.destroyForcibly();
    }

    /** Why it was ended; empty if it was not. */
    public Optional<Cause> cause() {
        return Optional.ofNullable(cause);
    }

    /** The beginning of what it wrote to standard error. */
    public String errors() {
        synchronized (errors) {
            return errors.toString(StandardCharsets.UTF_8);
        }
    }

    /** Sends text as it is; returns false if the process has ended. */
    public boolean send(String text) {
        try {
            in.write(text.getBytes(StandardCharsets.UTF_8));
            in.flush();
            return true;
        } catch (IOException ended) {
            return false;
        }
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
        try {
            Line line = lines.poll(most.toMillis(), TimeUnit.MILLISECONDS);
            if (line == null) {
                end(Cause.TIME);
            }
            over = line == null || line.text() == null;
            return line == null ? null : line.text();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancellationException("interrupted while a program ran");
        }
    }

    /** Whether it still runs. */
    public boolean isAlive() {
        return !over && process.isAlive();
    }

    /** Ends it and all that it has started, and waits until they are gone. */
    @Override
    public void close() {
        Watch.end(this);
        closed = true;
        over = true;
        List<ProcessHandle> below = process.descendants().toList();
        process.destroyForcibly();
        below.forEach(ProcessHandle::destroyForcibly);
        lines.clear();
        try {
            boolean unused = process.waitFor(CLOSING_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
