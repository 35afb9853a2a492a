package org.espalier.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Ctrl-C while a search runs: the search is asked to end, and the process stays until its best answer so far is printed.
 * Before a search begins Ctrl-C ends the process at once.
 */
final class Interruption {
    private static final long GRACE_SECONDS = 20;
    private static final CountDownLatch FINISHED = new CountDownLatch(1);
    private static volatile @Nullable Runnable stop;
    private static volatile int exitCode;

    private Interruption() {}

    /** Watches for the end of this process. */
    static void install() {
        Runtime.getRuntime().addShutdownHook(new Thread(Interruption::shutDown, "espalier-interrupt"));
    }

    /** From now on, ending the process calls this and then waits for {@link #finished}. */
    static void callOnInterrupt(Runnable action) {
        stop = action;
    }

    /** Tells that everything has been printed. */
    static void finished(int code) {
        exitCode = code;
        FINISHED.countDown();
    }

    private static void shutDown() {
        Runnable action = stop;
        if (action == null || FINISHED.getCount() == 0) {
            return;
        }
        action.run();
        try {
            if (FINISHED.await(GRACE_SECONDS, TimeUnit.SECONDS)) {
                Runtime.getRuntime().halt(exitCode);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
