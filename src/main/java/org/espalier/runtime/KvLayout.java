package org.espalier.runtime;

import org.espalier.model.Attention;

/** Layout of the policy's cache. */
public enum KvLayout {
    /** The one that is faster for the work. */
    AUTO,
    /** All branches share the cells. */
    UNIFIED,
    /** Each branch has cells of its own. */
    STREAMS;

    /**
     * Measured with SmolLM2-135M on two cores and llama.cpp's own attention, behind a prefix of 100 tokens: with 32 tokens
     * of its own for each branch streams have 0.90 of unified's speed at 32 branches and 1.23 at 64, with 128 tokens 0.94
     * at 16 branches and 1.09 at 32.
     */
    private static final int STREAMS_FROM = 64;

    private static final int STREAMS_FROM_IF_LONG = 32;
    private static final int LONG = 64;

    /**
     * Whether all sequences share the cells. Tree attention reads a branch's own cells alone there, and those of a prefix
     * once for all. With llama.cpp's own attention streams decode faster where many branches go on for long; forking
     * copies a whole stream, so a tree search with a fork at every step is better off with shared cells all the same.
     *
     * @param attention that runs over shared cells
     * @param branches that decode at the same time
     * @param tokens that each of them may have of its own
     */
    public boolean isUnified(boolean forksOften, Attention attention, int branches, int tokens) {
        int streamsFrom = tokens < LONG ? STREAMS_FROM : STREAMS_FROM_IF_LONG;
        return this == UNIFIED
                || (this == AUTO && (forksOften || attention == Attention.TREE || branches < streamsFrom));
    }
}
