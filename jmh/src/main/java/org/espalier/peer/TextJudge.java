package org.espalier.peer;

import java.util.concurrent.CompletableFuture;

/** A model that answers with one of two tokens. */
public interface TextJudge extends TextModel {
    /**
     * A verdict.
     *
     * @param positive probability of the positive token against the negative one
     * @param promptTokens of the whole text that was judged
     * @param decoded tokens that had to be computed for it; {@link #UNKNOWN} if the peer does not say
     */
    record Verdict(double positive, int promptTokens, int decoded) {}

    /** Reads which of two tokens follows a prompt. */
    CompletableFuture<Verdict> judge(String prompt, String positive, String negative);
}
