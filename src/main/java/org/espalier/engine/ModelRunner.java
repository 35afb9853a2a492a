package org.espalier.engine;

import java.util.List;
import org.espalier.model.LogitChanges;
import org.espalier.model.UsageException;

/**
 * Runs batches on one model context: the port to llama.cpp, and the seam where tests put a fake. Used by one thread.
 */
public interface ModelRunner extends AutoCloseable {
    /** The ways in which a {@link #run} ends. */
    enum Outcome {
        /** All tokens are in the cache and all rows are read; {@link Batch#unreadableRows()} hold no finite number. */
        DONE,
        /** The cache had no room: no token of the batch is in it. Copies and removals were made. */
        NO_SPACE,
        /** Stopped by the deadline or by {@link #interrupt()}: no token of the batch is in the cache. */
        ABORTED,
        /** As {@link #ABORTED}, but this memory cannot be rolled back: the whole cache has been cleared. */
        CLEARED
    }

    /**
     * The capacity of a context: what it can hold and do.
     *
     * @param cells tokens that its cache holds, of all sequences together
     * @param maxSequences sequence ids, which begin at 0
     * @param maxTokensPerSequence the longest path in tokens
     * @param maxBatchTokens tokens that one {@link #run} decodes
     * @param unified whether all sequences share the cells, so that a copy takes none; otherwise each has its own
     * @param partialCopy whether a part of a sequence can be copied and removed; a recurrent state is all or nothing
     */
    record Capacity(
            int cells,
            int maxSequences,
            int maxTokensPerSequence,
            int maxBatchTokens,
            boolean unified,
            boolean partialCopy) {
        /** Returns the same capacity with another bound on a path. */
        public Capacity withMaxTokensPerSequence(int tokens) {
            return new Capacity(cells, maxSequences, tokens, maxBatchTokens, unified, partialCopy);
        }
    }

    Capacity capacity();

    /** The batch whose buffers {@link #run} reads and writes; always the same one. */
    Batch batch();

    /** Outputs of the context's head; 0 if it reads logits. */
    default int headClasses() {
        return 0;
    }

    /**
     * Sets the tokens whose log-probabilities a {@link Batch.RowKind#WATCH} row returns.
     *
     * @param tokenIds at most {@link Batch#MAX_WATCHED}, the same for the life of the runner
     */
    void watch(List<Integer> tokenIds);

    /**
     * Prepares a grammar for rows that are drawn.
     *
     * @param text in llama.cpp's notation (GBNF)
     * @return its number, 1 or more, until it is {@linkplain #closeGrammar closed}
     * @throws org.espalier.model.UsageException if it is no grammar
     */
    default int openGrammar(String text) {
        throw new UsageException("this model draws without grammars");
    }

    /** Forgets a grammar. No row of a later batch may have it. */
    default void closeGrammar(int grammar) {}

    /** Why a grammar allows nothing for a reason of its own, in a line; empty if it has none. */
    default String grammarFault(int grammar) {
        return "";
    }

    /**
     * Prepares changes of logits for rows that are drawn.
     *
     * @return their number, 1 or more, until they are {@linkplain #closeChanges closed}
     * @throws org.espalier.model.UsageException if they are about a token that is not in the vocabulary
     */
    default int openChanges(LogitChanges changes) {
        throw new UsageException("this model draws from its logits as they are");
    }

    /** Forgets changes. No row of a later batch may have them. */
    default void closeChanges(int changes) {}

    /**
     * Applies the batch's copies and removals in order, decodes its tokens and reads its rows, in one native call.
     *
     * @param deadlineNanos {@link System#nanoTime()} at which the decode is abandoned; {@link Long#MAX_VALUE} for never
     * @throws org.espalier.model.EspalierException if the batch asks for what cannot be or the backend fails; what is in the
     *     cache is then unknown until it is {@linkplain #clear() cleared}
     */
    Outcome run(long deadlineNanos);

    /**
     * Empties the cache and overwrites what was in it. A cell that is not a number spoils whatever is computed beside
     * it, also when no sequence has it any more.
     */
    void clear();

    /** Abandons the decode in progress, or the next one if none is; safe from any thread. */
    void interrupt();

    @Override
    void close();
}
