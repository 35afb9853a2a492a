package org.espalier.search;

import org.espalier.model.ProcessRewardModel;
import org.jspecify.annotations.Nullable;

/**
 * How the completions choose the answer. A completion without a score never beats one that has a score; where none has
 * one, the answer that most completions give wins whatever the rule. Ties go to the answer that was seen first.
 */
public enum Selection {
    /** The answer of the completion with the highest score. */
    NAIVE,
    /** The answer whose completions have the highest sum of scores. */
    WEIGHTED,
    /** The answer that most completions give. */
    MAJORITY;

    /**
     * By score where there are scores; weighted by them where they are probabilities.
     *
     * @param prm null if nothing is judged
     */
    static Selection usual(@Nullable ProcessRewardModel prm) {
        if (prm == null) {
            return MAJORITY;
        }
        return prm.givesProbabilities() ? WEIGHTED : NAIVE;
    }
}
