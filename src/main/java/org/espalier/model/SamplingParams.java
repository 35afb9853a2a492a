package org.espalier.model;

import com.fasterxml.jackson.annotation.JsonUnwrapped;

/**
 * How the next token is drawn. The order is vLLM's and Hugging Face's: changes of the logits and temperature first, then min-p,
 * top-k and top-p on the tempered distribution.
 *
 * @param temperature divides the logits; 0 takes the most likely token
 * @param topK keeps the k most likely tokens; 0 keeps all
 * @param topP keeps the smallest set of tokens whose probabilities reach this sum; 1 keeps all
 * @param minP drops tokens less likely than this share of the most likely one; 0 drops none
 * @param logits what is changed in them before that
 */
public record SamplingParams(
        double temperature,
        int topK,
        double topP,
        double minP,
        @JsonUnwrapped LogitChanges logits) {
    /** The most likely token, always. */
    public static final SamplingParams GREEDY = new SamplingParams(0, 0, 1, 0);

    /** @throws UsageException if a value is out of its range */
    public SamplingParams {
        new Rules()
                .require(
                        temperature >= 0 && temperature <= 100,
                        "temperature",
                        "%s must be in 0..100, not %s",
                        temperature)
                .require(topK >= 0, "topK", "%s must be 0 (all) or more, not %d", topK)
                .require(topP > 0 && topP <= 1, "topP", "%s must be above 0 and at most 1, not %s", topP)
                .require(minP >= 0 && minP <= 1, "minP", "%s must be in 0..1, not %s", minP)
                .check();
    }

    /**
     * Draws from the logits as they are.
     *
     * @throws UsageException if a value is out of its range
     */
    public SamplingParams(double temperature, int topK, double topP, double minP) {
        this(temperature, topK, topP, minP, LogitChanges.NONE);
    }

    /** The most likely token, always, after the same changes of the logits. */
    public SamplingParams greedy() {
        return new SamplingParams(0, 0, 1, 0, logits);
    }
}
