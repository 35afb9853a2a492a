package org.espalier.engine;

import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A request for what is read off the logits of a sequence of given tokens while they are computed. */
public final class Scoring {
    private final CompletableFuture<float[]> result = new CompletableFuture<>();

    /** The token whose probability is read after each own token; null to read the watched tokens after the last one. */
    final int @Nullable [] targets;

    private final float[] values;
    private final int[] likeliest;

    /** Whether the values are a head's outputs. */
    private final boolean head;

    private Scoring(int @Nullable [] targets, boolean head, int values) {
        this.targets = targets;
        this.head = head;
        this.values = new float[values];
        likeliest = new int[targets == null ? 0 : targets.length];
    }

    /** Reads so many watched tokens after the last token. */
    public static Scoring ofWatched(int watched) {
        return new Scoring(null, false, watched);
    }

    /** Reads so many outputs of the context's head at the last token. */
    public static Scoring ofHead(int classes) {
        return new Scoring(null, true, classes);
    }

    /** Asks for what is read after the last token, which has this index in the batch. Returns the row. */
    int askLast(Batch batch, int tokenIndex) {
        return head ? batch.head(tokenIndex) : batch.watch(tokenIndex);
    }

    /** Reads each target after the token of the same index. */
    public static Scoring ofTargets(int[] targets) {
        return new Scoring(targets, false, 2 * targets.length);
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
                values[i] = head ? batch.headOutput(row, i) : batch.watchedLogProb(row, i);
            }
            return true;
        }
        likeliest[index] = batch.sampledToken(row);
        values[2 * index] = batch.logProb(row);
        values[2 * index + 1] = batch.topLogProb(row);
        return index == targets.length - 1;
    }

    /**
     * Completes with what was read, on the engine's thread. Log-probabilities: of the watched tokens after the last
     * token, in the order of {@link ModelRunner#watch}; or, with targets, those of the target and of the likeliest
     * token after each token in turn. With a head, its outputs at the last token.
     */
    public CompletableFuture<float[]> result() {
        return result;
    }

    /** Returns with targets the likeliest token after each token in turn. */
    public int[] likeliest() {
        return likeliest;
    }

    /** Returns what has been read so far: all of it once the {@link #result} is complete. */
    public float[] values() {
        return values;
    }
}
