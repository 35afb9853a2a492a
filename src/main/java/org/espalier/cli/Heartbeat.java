package org.espalier.cli;

import java.util.Locale;
import java.util.Timer;
import java.util.TimerTask;
import java.util.function.Supplier;

/**
 * A line on standard error every now and then, where nothing is redrawn: whoever reads a log sees that a long run goes on,
 * and how far it is.
 */
final class Heartbeat implements AutoCloseable {
    static final long MILLIS = 30_000;

    private static final int MINUTE = 60;

    private final Timer timer = new Timer("espalier-heartbeat", true);

    /**
     * Begins to tell.
     *
     * @param every so many milliseconds
     * @param state what is told, a line
     */
    Heartbeat(long every, Supplier<String> state) {
        long began = System.nanoTime();
        timer.schedule(
                new TimerTask() {
                    @Override
                    public void run() {
                        System.err.println(
                                "espalier: " + clock(System.nanoTime() - began) + ", " + Quoting.line(state.get()));
                    }
                },
                every,
                every);
    }

    /** Minutes and seconds. */
    static String clock(long nanos) {
        long seconds = nanos / 1_000_000_000;
        return String.format(Locale.ROOT, "%d:%02d", seconds / MINUTE, seconds % MINUTE);
    }

    @Override
    public void close() {
        timer.cancel();
    }
}
