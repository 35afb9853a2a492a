package org.espalier.code;

/** Hears what becomes of the programs, on the policy's thread: be quick. */
public interface CodeListener {
    /** Hears nothing. */
    CodeListener NONE = new CodeListener() {};

    /** A reply was drawn, and its program will be run. */
    default void drawn() {}

    /** A program was run. */
    default void ran(TestRun run) {}
}
