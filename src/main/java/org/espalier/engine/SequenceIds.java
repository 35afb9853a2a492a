package org.espalier.engine;

import java.util.Arrays;

/** A set of sequence ids below 256, which is the most that llama.cpp has. */
final class SequenceIds {
    /** No id. */
    static final int NONE = -1;

    static final int MAX = 256;

    private final long[] words = new long[MAX / Long.SIZE];

    void add(int id) {
        words[id >>> 6] |= 1L << id;
    }

    void remove(int id) {
        words[id >>> 6] &= ~(1L << id);
    }

    void clear() {
        Arrays.fill(words, 0);
    }

    boolean isEmpty() {
        return (words[0] | words[1] | words[2] | words[3]) == 0;
    }

    /** The lowest id, or {@link #NONE}. */
    int first() {
        return firstBut(NONE);
    }

    /** The lowest id other than this one, or {@link #NONE}. */
    int firstBut(int id) {
        for (int w = 0; w < words.length; w++) {
            long word = words[w];
            if (id >>> 6 == w) {
                word &= ~(1L << id);
            }
            if (word != 0) {
                return (w << 6) + Long.numberOfTrailingZeros(word);
            }
        }
        return NONE;
    }
}
