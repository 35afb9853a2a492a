package org.espalier.engine;

import org.jspecify.annotations.Nullable;

/** Gets a runner that has failed back to where it can be relied on, or finds that it is broken. Engine thread only. */
final class Recovery {
    /** So often a runner is tried that does not even compute a token. */
    private static final int TRIES = 3;

    /** So many steps in a row may end for a reason of our own before nothing more is tried. */
    private static final int MOST_UNEXPLAINED = 8;

    private final ModelRunner runner;
    private int unexplained;

    Recovery(ModelRunner runner) {
        this.runner = runner;
    }

    /**
     * Empties the runner's cache.
     *
     * @return why that failed; null if it did not
     */
    @Nullable
    Throwable emptied() {
        try {
            runner.clear();
            return null;
        } catch (RuntimeException | Error e) {
            return e;
        }
    }

    /**
     * Returns whether the runner still computes: a token, in an empty cache, which it leaves empty.
     *
     * @return why it does not; null if it does
     */
    @Nullable
    Throwable tried() {
        Throwable failure = null;
        for (int i = 0; i < TRIES; i++) {
            failure = triedOnce();
            if (failure == null) {
                return null;
            }
        }
        return failure;
    }

    private @Nullable Throwable triedOnce() {
        Batch batch = runner.batch();
        try {
            runner.clear();
            batch.clear();
            batch.add(0, 0, 0);
            runner.run(Long.MAX_VALUE);
            runner.clear();
            return null;
        } catch (RuntimeException | Error e) {
            return e;
        } finally {
            batch.clear();
        }
    }

    /** Counts a step that ended for a reason of our own; whether that is one too many in a row. */
    boolean isOneTooMany() {
        return ++unexplained >= MOST_UNEXPLAINED;
    }

    /** A step has been computed. */
    void stepped() {
        unexplained = 0;
    }
}
