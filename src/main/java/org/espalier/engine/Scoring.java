package org.espalier.engine;

import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** What is read off the logits of a sequence of given tokens while they are computed. */
final class Scoring {
    /**
     * Log-probabilities. Of the watched tokens after the last token, in the order of {@link ModelRunner#watch}; or, with
     * targets, those of the target and of the likeliest token after each token in turn.
     */
    final CompletableFuture<float[]> result = new CompletableFuture<>();

    /** The token whose probability is read after each own token; null to read the watched tokens after the last one. */
    final int @Nullable [] targets;

    private final float[] values;

    private Scoring(int @Nullable [] targets, int values) {
        this.targets = targets;
        this.values = new float[values];
    }

    /** Reads so many watched tokens after the last token. */
    static Scoring ofWatched(int watched) {
        return new Scoring(null, watched);
    }

    /** Reads each target after the token of the same index. */
    static Scoring ofTargets(int[] targets) {
        return new Scoring(targets, 2 * targets.length);
    }

    /**
     * Reads a row.
     *
     * @param index of the own token whose logits the row has
     * @return whether everything has been read
     */
    boolean read(Batch batch, int row, int index) {
        if (targets == null) {
            for (int i = 0; i < values.length; i++) {
                values[i] = batch.watchedLogProb(row, i);
            }
            return true;
        }
        values[2 * index] = batch.logProb(row);
        values[2 * index + 1] = batch.topLogProb(row);
        return index == targets.length - 1;
    }

    float[] values() {
        return values;
    }
}
