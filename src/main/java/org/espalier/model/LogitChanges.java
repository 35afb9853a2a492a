package org.espalier.model;

import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What is changed in the logits before a token is drawn: in the order of the components from the last to the first, as
 * llama.cpp does it, and before the temperature. Null changes nothing, and so does the number that asks for nothing, which
 * becomes null.
 *
 * @param presencePenalty taken off the logit of each token that the reply has: -2 to 2
 * @param frequencyPenalty taken off it as often as the reply has the token: -2 to 2
 * @param repeatPenalty divides the logits above 0 of tokens that were there lately, in the prompt as well, and multiplies
 *     those below: above 0, up to 10
 * @param repeatLastN how many tokens back that is: -1 for all; null for {@value #USUAL_LAST_N}
 * @param logitBias added to a token's logit, by its number in the policy's vocabulary: -100 to 100
 */
public record LogitChanges(
        @Nullable Double presencePenalty,
        @Nullable Double frequencyPenalty,
        @Nullable Double repeatPenalty,
        @Nullable Integer repeatLastN,
        @Nullable Map<Integer, Double> logitBias) {
    /** What llama.cpp looks back on. */
    public static final int USUAL_LAST_N = 64;

    /** Tokens that can have a bias. */
    public static final int MOST_BIASES = 1024;

    public static final LogitChanges NONE = new LogitChanges(null, null, null, null, null);

    /** @throws UsageException if a value is out of its range */
    public LogitChanges {
        new Rules()
                .require(
                        isWithin(presencePenalty, 2), "presencePenalty", "%s must be in -2..2, not %s", presencePenalty)
                .require(
                        isWithin(frequencyPenalty, 2),
                        "frequencyPenalty",
                        "%s must be in -2..2, not %s",
                        frequencyPenalty)
                .require(
                        repeatPenalty == null || (repeatPenalty > 0 && repeatPenalty <= 10),
                        "repeatPenalty",
                        "%s must be above 0 and at most 10, not %s",
                        repeatPenalty)
                .require(
                        repeatLastN == null || repeatLastN >= -1,
                        "repeatLastN",
                        "%s must be -1 (all) or more, not %d",
                        repeatLastN)
                .require(
                        logitBias == null || logitBias.size() <= MOST_BIASES,
                        "logitBias",
                        "%s has more than %d tokens",
                        MOST_BIASES)
                .require(
                        logitBias == null
                                || logitBias.entrySet().stream()
                                        .allMatch(bias -> bias.getKey() >= 0 && isWithin(bias.getValue(), 100)),
                        "logitBias",
                        "%s must give tokens, by their numbers, a bias in -100..100")
                .check();
        presencePenalty = isZero(presencePenalty) ? null : presencePenalty;
        frequencyPenalty = isZero(frequencyPenalty) ? null : frequencyPenalty;
        repeatPenalty = repeatPenalty != null && repeatPenalty == 1 ? null : repeatPenalty;
        if (repeatPenalty == null || (repeatLastN != null && repeatLastN == USUAL_LAST_N)) {
            repeatLastN = null;
        }
        logitBias = logitBias == null || logitBias.isEmpty() ? null : Map.copyOf(logitBias);
    }

    private static boolean isWithin(@Nullable Double value, double most) {
        return value == null || Math.abs(value) <= most;
    }

    private static boolean isZero(@Nullable Double value) {
        return value != null && value == 0;
    }

    /** Whether nothing is changed. */
    public boolean changesNothing() {
        return equals(NONE);
    }

    /** The biases in the order of the tokens. */
    public Map<Integer, Double> biases() {
        return logitBias == null ? Map.of() : new TreeMap<>(logitBias);
    }
}
