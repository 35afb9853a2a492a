package org.espalier.model;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A request to a policy: what it is to append to a prefix. Begins with {@link #toEnd}.
 *
 * @param sampling how tokens are drawn
 * @param seed of the step's random stream: the n-th token of a path is drawn with (seed, n), so a path that keeps its
 *     parent's seed continues the parent's stream
 * @param maxTokens the step's length in tokens at most, 1 or more
 * @param delimiter ends the step when it appears in the detokenised text, and stays part of it; null extends to the end
 *     of the completion
 * @param blankSteps whether a delimiter also ends a step that holds nothing but white space
 * @param cutLoops whether the step ends when it repeats itself, for {@link StopReason#REPETITION}
 * @param free whether the step is none of what a problem's {@linkplain Problem#form() form} is about, such as thinking
 * @param onText receives the text as it is written, whole characters at a time, on the policy's thread; null if nobody
 *     reads along. A policy may leave it out
 * @param drawn receives the tokens that the text is made of; null if nobody wants to know them. A policy may leave it out
 * @param confidence takes in the tokens, and ends the step with {@link StopReason#UNSURE} where it {@linkplain
 *     TokenConfidence#isHopeless() is hopeless}; null if nobody asks for it. A policy may leave it out
 * @param stops end the step, which is then the reply's last, with {@link StopReason#EOS}; null for none. A policy may leave
 *     them out
 */
public record StepRequest(
        SamplingParams sampling,
        long seed,
        int maxTokens,
        @Nullable String delimiter,
        boolean blankSteps,
        boolean cutLoops,
        boolean free,
        @Nullable Consumer<String> onText,
        @Nullable DrawnTokens drawn,
        @Nullable TokenConfidence confidence,
        @Nullable StopTexts stops) {
    /** Returns a request for text up to the end of the completion, whether it repeats itself or not. */
    public static StepRequest toEnd(SamplingParams sampling, long seed, int maxTokens) {
        return new StepRequest(sampling, seed, maxTokens, null, true, false, false, null, null, null, null);
    }

    /** Returns the same request with another limit on its tokens. */
    public StepRequest withMaxTokens(int tokens) {
        return new StepRequest(
                sampling, seed, tokens, delimiter, blankSteps, cutLoops, free, onText, drawn, confidence, stops);
    }

    /**
     * Returns the same request with another delimiter.
     *
     * @param text null extends to the end of the completion
     * @param blank whether it also ends a step that holds nothing but white space
     */
    public StepRequest withDelimiter(@Nullable String text, boolean blank) {
        return new StepRequest(
                sampling, seed, maxTokens, text, blank, cutLoops, free, onText, drawn, confidence, stops);
    }

    /** Returns the same request, which ends the step or not when it repeats itself. */
    public StepRequest withCutLoops(boolean cut) {
        return new StepRequest(
                sampling, seed, maxTokens, delimiter, blankSteps, cut, free, onText, drawn, confidence, stops);
    }

    /** Returns the same request for text that neither a form nor stop texts are about. */
    public StepRequest freely() {
        return new StepRequest(
                sampling, seed, maxTokens, delimiter, blankSteps, cutLoops, true, onText, drawn, confidence, null);
    }

    /** Returns the same request with another receiver of the text; null for none. */
    public StepRequest withOnText(@Nullable Consumer<String> receiver) {
        return new StepRequest(
                sampling, seed, maxTokens, delimiter, blankSteps, cutLoops, free, receiver, drawn, confidence, stops);
    }

    /** Returns the same request with another receiver of the tokens; null for none. */
    public StepRequest withDrawn(@Nullable DrawnTokens tokens) {
        return new StepRequest(
                sampling, seed, maxTokens, delimiter, blankSteps, cutLoops, free, onText, tokens, confidence, stops);
    }

    /** Returns the same request with what takes in the tokens; null for nothing. */
    public StepRequest withConfidence(@Nullable TokenConfidence kept) {
        return new StepRequest(
                sampling, seed, maxTokens, delimiter, blankSteps, cutLoops, free, onText, drawn, kept, stops);
    }

    /** Returns the same request with texts that end it; null for none. */
    public StepRequest withStops(@Nullable StopTexts texts) {
        return new StepRequest(
                sampling, seed, maxTokens, delimiter, blankSteps, cutLoops, free, onText, drawn, confidence, texts);
    }
}
