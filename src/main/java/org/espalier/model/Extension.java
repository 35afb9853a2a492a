package org.espalier.model;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What a policy is asked to append to a prefix.
 *
 * @param sampling how tokens are drawn
 * @param seed of this node's random stream; the n-th token of a path is drawn with (seed, n), so a path that keeps its
 *     parent's seed continues the parent's stream
 * @param maxTokens at most so many tokens, at least 1
 * @param delimiter ends the step when it appears in the detokenised text, and stays part of it; null extends to the end
 *     of the completion
 * @param blankSteps whether a delimiter also ends a step that holds nothing but white space
 * @param cutLoops whether the step ends when it repeats itself, for {@link StopReason#REPETITION}
 * @param written is given the text as it is written, whole characters at a time, on the policy's thread; null if nobody
 *     reads along. A policy may leave it out
 */
public record Extension(
        SamplingParams sampling,
        long seed,
        int maxTokens,
        @Nullable String delimiter,
        boolean blankSteps,
        boolean cutLoops,
        @Nullable Consumer<String> written) {
    /** One that may repeat itself, while nobody reads along. */
    public Extension(
            SamplingParams sampling, long seed, int maxTokens, @Nullable String delimiter, boolean blankSteps) {
        this(sampling, seed, maxTokens, delimiter, blankSteps, false, null);
    }
}
