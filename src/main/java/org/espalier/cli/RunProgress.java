package org.espalier.cli;

import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import me.tongfei.progressbar.ProgressBar;
import org.jspecify.annotations.Nullable;

/** What the screen shows while many problems are solved: how many are done, the rate, the time left, and how many are right. */
final class RunProgress implements AutoCloseable {
    private final @Nullable ProgressBar bar;
    private final @Nullable Heartbeat heartbeat;
    private volatile String part = "";
    private final AtomicLong finished;
    private long right;
    private long answered;

    /**
     * @param total to be done
     * @param done by an earlier run
     * @param shown whether anything is to be said: a bar on a terminal, elsewhere a line now and then
     */
    RunProgress(String task, long total, long done, boolean shown) {
        finished = new AtomicLong(done);
        boolean redraws = Terminal.error().redraws();
        heartbeat = shown && !redraws
                ? new Heartbeat(
                        Heartbeat.MILLIS, () -> "%s%s %d of %d done".formatted(task, part, finished.get(), total))
                : null;
        bar = shown && redraws
                ? Terminal.error()
                        .progressBar(task)
                        .setInitialMax(total)
                        .startsFrom(done, Duration.ZERO)
                        .showSpeed()
                        .build()
                : null;
    }

    /** What is done from here on is counted by itself. */
    void begin(String task) {
        answered = 0;
        right = 0;
        part = " " + Quoting.line(task) + ":";
    }

    /** Something is done; the share of what is right is shown. */
    void step(boolean isRight) {
        finished.getAndIncrement();
        answered++;
        right += isRight ? 1 : 0;
        if (bar != null) {
            bar.setExtraMessage(String.format(Locale.ROOT, "%s %.1f %% right", part, 100.0 * right / answered));
            bar.step();
        }
    }

    /** Something is done of which nothing says whether it is right. */
    void step() {
        finished.getAndIncrement();
        if (bar != null) {
            bar.step();
        }
    }

    @Override
    public void close() {
        if (heartbeat != null) {
            heartbeat.close();
        }
        if (bar != null) {
            bar.close();
        }
    }
}
