package org.espalier.server;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Cuts off clients that do not read: a write that takes too long is interrupted, which closes its connection. Without it a
 * client that stops reading would hold a thread and one of the connections for as long as an answer may take. Safe from any
 * thread.
 */
final class StalledWrites implements AutoCloseable {
    private final Duration most;
    private final ScheduledThreadPoolExecutor clock;

    /** @param most that a single write may take */
    StalledWrites(Duration most) {
        this.most = most;
        clock = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, "espalier-http-clock");
            thread.setDaemon(true);
            return thread;
        });
        clock.setRemoveOnCancelPolicy(true);
        clock.setRejectedExecutionHandler(new ThreadPoolExecutor.DiscardPolicy());
    }

    /** Something that is written to a client. */
    interface Write {
        void run() throws IOException;
    }

    /** Of one write: interrupts its thread, but not once the write is over. */
    private static final class Cut implements Runnable {
        private final Thread writer = Thread.currentThread();
        private boolean over;
        private boolean cut;

        @Override
        public synchronized void run() {
            if (!over) {
                cut = true;
                writer.interrupt();
            }
        }

        synchronized void end() {
            over = true;
            if (cut) {
                // The thread serves others afterwards.
                Thread.interrupted();
            }
        }
    }

    /**
     * Writes on this thread.
     *
     * @throws IOException if the client has gone, or does not read
     */
    void limit(Write write) throws IOException {
        Cut cut = new Cut();
        Future<?> later = clock.schedule(cut, most.toMillis(), TimeUnit.MILLISECONDS);
        try {
            write.run();
        } finally {
            later.cancel(false);
            cut.end();
        }
    }

    /** Leaves what is still written alone. */
    @Override
    public void close() {
        clock.shutdownNow();
    }
}
