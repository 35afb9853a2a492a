package org.espalier.cli;

import org.espalier.eval.SweepPoint;

/** Where the points of a sweep are run. */
interface Points extends AutoCloseable {
    /** Solves what a point lacks with a seed; returns false if it was interrupted. */
    boolean complete(SweepPoint point, long seed, RunProgress progress);

    /** Searches that have no record because a verifier failed on them. */
    default int failed() {
        return 0;
    }

    @Override
    void close();
}
