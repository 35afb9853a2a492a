package org.espalier.puzzle;

import java.util.List;
import java.util.Optional;

/** A puzzle, and all that can be proved of an attempt to solve it. */
public interface Puzzle {
    /** The problem in words, from which the puzzle can be read again. */
    String text();

    /** Whether an answer solves it. Text that is no answer does not. */
    boolean isSolvedBy(String answer);

    /**
     * Whether a solution can follow.
     *
     * @param lines of a reply so far, each complete
     * @return false only if there is none
     */
    boolean mayFollow(List<String> lines);

    /** A solution; empty if there is none. */
    Optional<Written> solution();

    /**
     * A solution as the kind's instruction wants it.
     *
     * @param steps a line each
     * @param answer that {@link Puzzle#isSolvedBy} takes
     */
    record Written(List<String> steps, String answer) {}
}
