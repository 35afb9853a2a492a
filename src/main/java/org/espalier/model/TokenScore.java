package org.espalier.model;

import org.jspecify.annotations.Nullable;

/**
 * What a policy expected at a token of a text that is there already. Log-probabilities are at temperature 1 under the full
 * vocabulary, in nats.
 *
 * @param text of the token; a character of which it has a part is a replacement character
 * @param logProb of the token; null where nothing comes before it
 * @param likeliest the text of the likeliest token there; null where nothing comes before it
 * @param likeliestLogProb of the likeliest token
 */
public record TokenScore(
        String text,
        @Nullable Double logProb,
        @Nullable String likeliest,
        @Nullable Double likeliestLogProb) {}
