package org.espalier.sandbox;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A process with which its caller speaks in lines. Whatever it writes is read at once, so that it never waits for a reader of
 * standard error; of lines that nobody has taken only some are read ahead. One thread; another one may send, and close it.
 */
public final class LineProcess implements AutoCloseable {
    private static final int KEPT_ERRORS = 1 << 14;
    private static final int LINES_AHEAD = 1 << 12;
    private static final int OFFER_MILLIS = 100;
    private static final int CLOSING_SECONDS = 10;
    private static final int LAST_ERRORS_MILLIS = 2000;

    /** What comes from the process; null stands for its end. */
    private record Line(@Nullable String text) {}

    private final Process process;
    private final OutputStream in;
    private final int longest;
    private final Runnable tooLong;
    private final boolean endsWhenAsked;
    private final BlockingQueue<Line> lines = new ArrayBlockingQueue<>(LINES_AHEAD);
    private final ByteArrayOutputStream errors = new ByteArrayOutputStream();
    private final ByteArrayOutputStream lastError = new ByteArrayOutputStream();
    private final Thread errorReader;
    private volatile boolean closed;
    private volatile boolean over;

    /**
     * Begins to read what a process writes.
     *
     * @param name of the threads that read
     * @param longest bytes of a line
     * @param tooLong is called when a line is longer; the process is then ended
     */
    public LineProcess(Process process, String name, int longest, Runnable tooLong) {
        this(process, name, longest, tooLong, false);
    }

    /** @param endsWhenAsked whether it ends all that it has started when it is asked to end */
    LineProcess(Process process, String name, int longest, Runnable tooLong, boolean endsWhenAsked) {
        this.process = process;
        this.longest = longest;
        this.tooLong = tooLong;
        this.endsWhenAsked = endsWhenAsked;
        in = process.getOutputStream();
        Thread unused = thread(name + "-out", this::readLines);
        errorReader = thread(name + "-err", this::readErrors);
    }

    private static Thread thread(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        thread.start();
        return thread;
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
                if (line.size() > longest) {
                    tooLong.run();
                    stop();
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
                    lastError.reset();
                    lastError.write(buffer, 0, count);
                }
            }
        } catch (IOException ended) {
            return;
        }
    }

    /** The process itself. */
    public Process process() {
        return process;
    }

    /** The beginning of what it wrote to standard error; of a process that has ended, also what was still on its way. */
    public String errors() {
        awaitErrors();
        synchronized (errors) {
            return errors.toString(StandardCharsets.UTF_8);
        }
    }

    /** The last line that is not blank of what it wrote to standard error; empty text if there is none. */
    public String lastError() {
        awaitErrors();
        synchronized (errors) {
            return lastError
                    .toString(StandardCharsets.UTF_8)
                    .lines()
                    .map(String::strip)
                    .filter(line -> !line.isEmpty())
                    .reduce((first, second) -> second)
                    .orElse("");
        }
    }

    /** What a process has written may be read only a moment after its end is known. */
    private void awaitErrors() {
        if (process.isAlive()) {
            return;
        }
        try {
            errorReader.join(LAST_ERRORS_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Sends text as it is; returns false if the process has ended. Waits while it reads nothing. Safe from any thread. */
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
     * @return null if the process has ended, as {@link #isOver} says, or the time has
     * @throws CancellationException if this thread is interrupted; the interrupt is still set
     */
    public @Nullable String receive(Duration most) {
        if (over) {
            return null;
        }
        try {
            Line line = lines.poll(most.toMillis(), TimeUnit.MILLISECONDS);
            over = line != null && line.text() == null;
            return line == null ? null : line.text();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancellationException("interrupted while a program ran");
        }
    }

    /** Whether all that it wrote has been received, and it writes no more. */
    public boolean isOver() {
        return over;
    }

    /** Begins to end it. */
    void stop() {
        if (endsWhenAsked) {
            process.destroy();
        } else {
            process.destroyForcibly();
        }
    }

    /** Ends it and all that it has started, and waits until they are gone. */
    @Override
    public void close() {
        closed = true;
        over = true;
        List<ProcessHandle> below = process.descendants().toList();
        stop();
        lines.clear();
        boolean ended = false;
        try {
            ended = endsWhenAsked && process.waitFor(CLOSING_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (ended) {
            return;
        }
        process.destroyForcibly();
        below.forEach(ProcessHandle::destroyForcibly);
        try {
            boolean unused = process.waitFor(CLOSING_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
