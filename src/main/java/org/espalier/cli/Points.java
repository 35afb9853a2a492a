package org.espalier.cli;

import org.espalier.eval.EvalRecord;
import org.espalier.eval.SweepPoint;
import org.espalier.search.Selection;

/** Where the points of a sweep are run. */
interface Points extends AutoCloseable {
    /** Solves what a point lacks with a seed; returns false if it was interrupted. */
    boolean complete(SweepPoint point, long seed, RunProgress progress);

    /** Searches that have no record because a verifier failed on them. */
    default int failed() {
        return 0;
    }

    /** By the selection that is usual for the method. */
    static boolean isCorrect(SweepPoint point, EvalRecord record) {
        Selection selection = point.method().usualSelection();
        return record.answers().stream()
                .anyMatch(chosen -> chosen.selection() == selection && chosen.n() == record.n() && chosen.correct());
    }

    @Override
    void close();
}
