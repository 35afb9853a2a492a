package org.espalier.search;

/** What {@link SearchMethod#AB_MCTS} takes the scores of attempts for, of which it learns how good the next will be. */
public enum Posterior {
    /** Normally distributed, with a mean and a variance that are not known. */
    GAUSSIAN,
    /** Shares of successes: for scores from 0 to 1, and best for those that are mostly 0 or 1. */
    BETA
}
