package org.espalier.model;

import java.util.Map;

/** A model's vocabulary. Safe for use by several threads. */
@Internal
public interface Tokenizer {
    /**
     * The tokens of a text.
     *
     * @param special whether the texts of control tokens in it, as a rendered template has them, become those tokens
     */
    int[] encode(String text, boolean special);

    /**
     * As {@link #encode(String, boolean)}, but of a text with more than twice as many tokens as the caller can use at
     * most, it may return those of the beginning alone, which are more than twice as many too: some texts of a megabyte
     * take minutes.
     *
     * @param most 0 or more
     */
    default int[] encode(String text, boolean special, int most) {
        return encode(text, special);
    }

    /** The control tokens by their texts, as a template writes them. */
    default Map<String, Integer> controlTokens() {
        return Map.of();
    }

    /** Returns what the model expects before a text: its beginning-of-sequence token, or nothing. */
    int[] beginning();

    /** The token that begins a text, whether the model expects it or not; empty if the vocabulary has none. */
    default int[] textStart() {
        return beginning();
    }

    /** The token that ends a text, as its authors chose it; empty if the vocabulary names none. */
    default int[] textEnd() {
        return new int[0];
    }

    /** The bytes that a token adds to a text: part of a character for some, none for control tokens. Not a copy. */
    byte[] piece(int token);

    /** Returns whether the model ends its turn with this token. */
    boolean isEndOfGeneration(int token);

    /** Number of tokens in the vocabulary. */
    int size();
}
