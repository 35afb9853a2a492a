package org.espalier.code;

import org.espalier.search.SearchNode;

/** Hears what becomes of the programs, on the policy's thread: be quick. */
public interface CodeListener {
    /** Hears nothing. */
    CodeListener NONE = new CodeListener() {};

    /** A reply was drawn, and its program will be run. */
    default void drawn() {}

    /**
     * A program was run.
     *
     * @param slot which of the drawn ones it is, from 0
     * @param repairs how often the policy had mended it
     * @param end of the reply in the search's tree
     */
    default void ran(int slot, int repairs, SearchNode end, TestRun run) {}
}
