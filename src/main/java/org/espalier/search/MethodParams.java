package org.espalier.search;

import org.espalier.model.Rules;
import org.espalier.model.UsageException;
import org.jspecify.annotations.Nullable;

/**
 * What single methods have beside the sizes that all share.
 *
 * @param scoreTemperature of the softmax that makes shares of scores, in rebase, dora and particle: above 0; null for that
 *     of the method's paper
 * @param rejection share of the open completions that speculative rejection drops each time, the paper's α: above 0 and
 *     below 1
 * @param exploration weight of the policy's choice against the PRM's in mcts, c of PUCT: 0 or more
 * @param revisions attempts that refine and revise make one after the other; n / revisions such chains go side by side, so
 *     that it is Snell's ratio of sequential to parallel compute: 1 or more
 * @param stopAtScore score of a step that states an answer which ends the completion there, though the policy would go on: 0
 *     to 1; null for never
 * @param cutLoops whether a path ends, unfinished, where it begins to repeat itself
 * @param speculate whether beam search begins the next step of the best candidates while it waits for the others
 */
public record MethodParams(
        @Nullable Double scoreTemperature,
        double rejection,
        double exploration,
        int revisions,
        @Nullable Double stopAtScore,
        boolean cutLoops,
        boolean speculate) {
    /** Those of the papers. */
    public static final MethodParams DEFAULT = new MethodParams(null, 0.5, 1, 4, null, false, false);

    /** @throws UsageException if a value is out of its range */
    public MethodParams {
        new Rules()
                .require(
                        scoreTemperature == null || (scoreTemperature > 0 && scoreTemperature <= 100),
                        "scoreTemperature",
                        "%s must be above 0 and at most 100, not %s",
                        scoreTemperature)
                .require(rejection > 0 && rejection < 1, "rejection", "%s must be between 0 and 1, not %s", rejection)
                .require(
                        exploration >= 0 && exploration <= 100,
                        "exploration",
                        "%s must be in 0..100, not %s",
                        exploration)
                .require(revisions >= 1, "revisions", "%s must be 1 or more, not %d", revisions)
                .require(
                        stopAtScore == null || (stopAtScore >= 0 && stopAtScore <= 1),
                        "stopAtScore",
                        "%s must be in 0..1, not %s",
                        stopAtScore)
                .check();
    }

    double scoreTemperatureOr(double ofThePaper) {
        return scoreTemperature == null ? ofThePaper : scoreTemperature;
    }
}
