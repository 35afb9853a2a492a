package org.espalier.search;

/** What decided about the completion that stands for the answer. */
public enum ChosenBy {
    /** There is no other one. */
    ONLY,
    /** Its answer has the largest sum of scores. */
    WEIGHTED,
    /** Most completions give its answer. */
    MAJORITY,
    /** Its score is the highest. */
    SCORE,
    /** The policy was surest of its tokens. */
    CONFIDENCE,
    /** The policy finds it the likeliest, by the mean over its tokens. */
    LIKELIHOOD,
    /** It is a program, and what it did when it was run speaks for it. */
    EXECUTION,
    /** It won the comparisons with others. */
    COMPARISON,
    /** The policy read several together, and named it. */
    SELECTION,
    /** The policy wrote it after the others, of what is in them. */
    SYNTHESIS,
    /** It was the first; nothing else told the completions apart. */
    FIRST;

    static ChosenBy of(Selection rule) {
        return switch (rule) {
            case WEIGHTED -> WEIGHTED;
            case MAJORITY -> MAJORITY;
            case NAIVE -> SCORE;
        };
    }
}
