package org.espalier.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Ctrl-C while a search runs: the search is asked to end, and the process stays until its best answer so far is printed.
 * Outside a search Ctrl-C ends the process at once.
 */
final class Interruption {
    private static final long GRACE_SECONDS = 20;
    private static final AtomicReference<@Nullable Runnable> STOP = new AtomicReference<>();
    private static final CountDownLatch FINISHED = new CountDownLatch(1);
    private static volatile int exitCode;

    private Interruption() {}

    /** Calls this when the process is asked to end, and then waits for {@link #finished}. */
    static void handleWith(Runnable stop) {
        if (STOP.getAndSet(stop) == null) {
            Runtime.getRuntime().addShutdownHook(new Thread(Interruption::shutDown, "espalier-interrupt"));
        }
    }

    /** Tells that everything has been printed. */
    static void finished(int code) {
        exitCode = code;
        FINISHED.countDown();
    }

    private static void shutDown() {
        Runnable stop = STOP.get();
        if (stop == null || FINISHED.getCount() == 0) {
            return;
        }
        stop.run();
        try {
            if (FINISHED.await(GRACE_SECONDS, TimeUnit.SECONDS)) {
                Runtime.getRuntime().halt(exitCode);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
