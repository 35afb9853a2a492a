package org.espalier.engine;

/**
 * Notices that a text has begun to repeat itself: at least {@value #TIMES} times the same stretch of up to {@value #LONGEST}
 * tokens, and at least {@value #LEAST} tokens in all, so that a row of zeros in a table is none. One for each step.
 */
final class Repetition {
    private static final int TIMES = 4;
    private static final int LONGEST = 64;
    private static final int LEAST = 64;

    private final int[] recent = new int[LONGEST];
    /** By the length of a stretch: how many of the last tokens stand that far behind their equal. */
    private final int[] equal = new int[LONGEST + 1];

    private int length;

    /** Takes the next token; whether the text is in a loop with it. */
    boolean isLoopWith(int token) {
        boolean loop = false;
        for (int stretch = 1; stretch <= Math.min(LONGEST, length); stretch++) {
            boolean same = recent[(length - stretch) % LONGEST] == token;
            equal[stretch] = same ? equal[stretch] + 1 : 0;
            loop |= equal[stretch] + stretch >= Math.max(TIMES * stretch, LEAST);
        }
        recent[length++ % LONGEST] = token;
        return loop;
    }
}
