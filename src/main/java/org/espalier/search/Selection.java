package org.espalier.search;

/**
 * How the completions choose the answer. A completion without a score never beats one that has a score; where none has
 * one, the answer that most completions give wins whatever the rule. Ties go to the answer that was seen first.
 */
public enum Selection {
    /** The answer of the completion with the highest score. */
    NAIVE,
    /** The answer whose completions have the highest sum of scores. */
    WEIGHTED,
    /** The answer that most completions give. */
    MAJORITY
}
