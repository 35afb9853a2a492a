package org.espalier.cli;

import java.time.Duration;
import java.util.Locale;
import me.tongfei.progressbar.ProgressBar;
import org.jspecify.annotations.Nullable;

/** What the screen shows while many problems are solved: how many are done, the rate, the time left, and how many are right. */
final class RunProgress implements AutoCloseable {
    private final @Nullable ProgressBar bar;
    private String part = "";
    private long right;
    private long answered;

    /**
     * @param total to be done
     * @param done by an earlier run
     * @param shown whether anybody looks
     */
    RunProgress(String task, long total, long done, boolean shown) {
        bar = shown
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
        answered++;
        right += isRight ? 1 : 0;
        if (bar != null) {
            bar.setExtraMessage(String.format(Locale.ROOT, "%s %.1f %% right", part, 100.0 * right / answered));
            bar.step();
        }
    }

    /** Something is done of which nothing says whether it is right. */
    void step() {
        if (bar != null) {
            bar.step();
        }
    }

    @Override
    public void close() {
        if (bar != null) {
            bar.close();
        }
    }
}
