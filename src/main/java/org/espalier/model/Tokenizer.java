package org.espalier.model;

/** A model's vocabulary. Safe for use by several threads. */
public interface Tokenizer {
    /**
     * The tokens of a text.
     *
     * @param special whether the texts of control tokens in it, as a rendered template has them, become those tokens
     */
    int[] encode(String text, boolean special);

    /** What the model expects before a text: its beginning-of-sequence token, or nothing. */
    int[] beginning();

    /** The bytes that a token adds to a text: part of a character for some, none for control tokens. Not a copy. */
    byte[] piece(int token);

    /** Whether the model ends its turn with this token. */
    boolean isEndOfGeneration(int token);

    /** Number of tokens in the vocabulary. */
    int size();
}
