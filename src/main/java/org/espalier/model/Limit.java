package org.espalier.model;

/** A limit that can end a run before its search is done. */
public enum Limit {
    /** {@link Budget#tokens()} were sampled. */
    TOKENS,
    /** {@link Budget#deadline()} has passed. */
    DEADLINE,
    /** {@link Budget#joules()} were taken from the machine. */
    JOULES,
    /** {@link Meter#cancel()} was called. */
    CANCELLED,
    /** The model's context, or the memory given to it, was full before any path was finished. */
    CONTEXT
}
