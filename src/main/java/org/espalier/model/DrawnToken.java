package org.espalier.model;

import java.util.List;

/**
 * A token that a policy has drawn, and what it would have drawn otherwise.
 *
 * @param token that was drawn
 * @param likeliest tokens in its place, the likeliest first, as many as were to be kept
 */
public record DrawnToken(Expected token, List<Expected> likeliest) {
    public DrawnToken {
        likeliest = List.copyOf(likeliest);
    }

    /**
     * What a policy expected of a token.
     *
     * @param id in its vocabulary
     * @param text of the token, where a character of which it has a part is a replacement character; the name of a control
     *     token that was not drawn
     * @param bytes of the text, 0 to 255, with parts of characters
     * @param logProb at temperature 1 under the full vocabulary, before any change of the logits, in nats
     */
    public record Expected(int id, String text, List<Integer> bytes, double logProb) {
        public Expected {
            bytes = List.copyOf(bytes);
        }
    }
}
