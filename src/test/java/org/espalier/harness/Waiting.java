package org.espalier.harness;

import java.time.Duration;
import java.util.concurrent.Callable;
import org.awaitility.Awaitility;

/** Waits for what another thread or process does. */
public final class Waiting {
    /** Only what hangs takes so long, on however busy a machine. */
    private static final Duration BOUND = Duration.ofMinutes(2);

    private static final Duration INTERVAL = Duration.ofMillis(20);

    private Waiting() {}

    /**
     * Waits until a condition holds. It is asked on the calling thread.
     *
     * @param what is waited for, as the failure names it
     */
    public static void until(String what, Callable<Boolean> condition) {
        Awaitility.await(what)
                .pollInSameThread()
                .pollDelay(Duration.ZERO)
                .pollInterval(INTERVAL)
                .atMost(BOUND)
                .until(condition);
    }
}
