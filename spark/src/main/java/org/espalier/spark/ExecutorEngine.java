package org.espalier.spark;

import org.espalier.Espalier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The engine of this executor, shared by its tasks. There is one at a time: where a task needs another, the one before is closed when
 * no task uses it any more. Every method may be called by any thread.
 */
final class ExecutorEngine {
    private static final Logger LOG = LoggerFactory.getLogger(ExecutorEngine.class);
    private static final Object LOCK = new Object();
    private static ExecutorEngine current;

    private final EngineSpec spec;
    private final Espalier espalier;
    private final long began = System.nanoTime();
    private int users;

    private ExecutorEngine(EngineSpec spec) {
        this.spec = spec;
        espalier = spec.open();
    }

    /**
     * Opens what is asked for, or joins those who use it. To be {@linkplain #release released}.
     *
     * @throws org.espalier.model.EspalierException if it cannot be opened here
     */
    static ExecutorEngine acquire(EngineSpec spec) throws InterruptedException {
        synchronized (LOCK) {
            while (current != null && current.users > 0 && !current.spec.equals(spec)) {
                LOCK.wait();
            }
            if (current != null && !current.spec.equals(spec)) {
                close();
            }
            if (current == null) {
                current = new ExecutorEngine(spec);
                LOG.info(
                        "opened an engine for {} {}",
                        spec.method().cliName(),
                        spec.config().n());
            }
            current.users++;
            return current;
        }
    }

    Espalier espalier() {
        return espalier;
    }

    /** Since it was opened. */
    double seconds() {
        return (System.nanoTime() - began) / 1e9;
    }

    void release() {
        synchronized (LOCK) {
            users--;
            LOCK.notifyAll();
        }
    }

    /** Closes it; searches that run end with what they have. Does nothing where there is none. */
    static void close() {
        synchronized (LOCK) {
            if (current != null) {
                current.espalier.close();
                current = null;
                LOG.info("closed the engine");
            }
        }
    }

    static boolean isOpen() {
        synchronized (LOCK) {
            return current != null;
        }
    }
}
