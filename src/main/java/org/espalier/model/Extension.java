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
    /** The same with another bound on its tokens. */
    public Extension withMaxTokens(int tokens) {
        return new Extension(sampling, seed, tokens, delimiter, blankSteps, cutLoops, written);
    }

    /**
     * The same until another delimiter.
     *
     * @param text null extends to the end of the completion
     * @param blank whether it also ends a step that holds nothing but white space
     */
    public Extension withDelimiter(@Nullable String text, boolean blank) {
        return new Extension(sampling, seed, maxTokens, text, blank, cutLoops, written);
    }

    /** The same for another reader, or for none. */
    public Extension withWritten(@Nullable Consumer<String> reader) {
        return new Extension(sampling, seed, maxTokens, delimiter, blankSteps, cutLoops, reader);
    }
}
