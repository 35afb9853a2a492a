package org.espalier.model;

import org.jspecify.annotations.Nullable;

/**
 * A piece of reasoning: what a policy appended to a prefix in one extension.
 *
 * @param prefix the place after this step, from which the policy can go on
 * @param text of this step alone, with its delimiter
 * @param tokens sampled for it, the end-of-turn token included
 * @param stopReason why it ends where it ends
 * @param logProb sum of its tokens' log-probabilities under the policy at temperature 1, in nats
 * @param meanEntropy mean entropy of the distributions its tokens were drawn from, at temperature 1, in nats
 * @param confidence in the tokens of the path up to its end; null where a search does not have it kept
 */
public record Step(
        Prefix prefix,
        String text,
        int tokens,
        StopReason stopReason,
        double logProb,
        double meanEntropy,
        @Nullable TokenConfidence confidence) {
    /** A step as a policy returns it: the search knows what it had kept of its tokens. */
    public Step(Prefix prefix, String text, int tokens, StopReason stopReason, double logProb, double meanEntropy) {
        this(prefix, text, tokens, stopReason, logProb, meanEntropy, null);
    }

    /** The same step with another place after it. */
    public Step with(Prefix other) {
        return new Step(other, text, tokens, stopReason, logProb, meanEntropy, confidence);
    }

    /** The same step with what was kept of the path's tokens. */
    public Step with(@Nullable TokenConfidence kept) {
        return new Step(prefix, text, tokens, stopReason, logProb, meanEntropy, kept);
    }
}
