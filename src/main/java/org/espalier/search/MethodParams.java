package org.espalier.search;

import org.espalier.model.Rules;
import org.espalier.model.TokenConfidence;
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
 * @param voteShare share of the completions, those with the highest scores, that vote: above 0 and up to 1; null for all
 * @param warmUp samples of majority and best-of-n that are written to their end before others are given up for lack of
 *     confidence: 1 or more; null for never
 * @param groupTokens tokens in a row whose confidence counts together: 1 to {@value TokenConfidence#MOST_GROUP}; null for
 *     {@value TokenConfidence#USUAL_GROUP}
 * @param posterior of the scores in ab-mcts; null for {@link Posterior#GAUSSIAN}, the paper's
 */
public record MethodParams(
        @Nullable Double scoreTemperature,
        double rejection,
        double exploration,
        int revisions,
        @Nullable Double stopAtScore,
        boolean cutLoops,
        boolean speculate,
        @Nullable Double voteShare,
        @Nullable Integer warmUp,
        @Nullable Integer groupTokens,
        @Nullable Posterior posterior) {
    /** Those of the papers. */
    public static final MethodParams DEFAULT = new MethodParams(null, 0.5, 1, 4, null, false, false);

    /** Parameters with which all completions vote, and none is given up. */
    public MethodParams(
            @Nullable Double scoreTemperature,
            double rejection,
            double exploration,
            int revisions,
            @Nullable Double stopAtScore,
            boolean cutLoops,
            boolean speculate) {
        this(
                scoreTemperature,
                rejection,
                exploration,
                revisions,
                stopAtScore,
                cutLoops,
                speculate,
                null,
                null,
                null,
                null);
    }

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
                .require(
                        voteShare == null || (voteShare > 0 && voteShare <= 1),
                        "voteShare",
                        "%s must be above 0 and at most 1, not %s",
                        voteShare)
                .require(warmUp == null || warmUp >= 1, "warmUp", "%s must be 1 or more, not %s", warmUp)
                .require(
                        groupTokens == null || (groupTokens >= 1 && groupTokens <= TokenConfidence.MOST_GROUP),
                        "groupTokens",
                        "%s must be 1 to %d, not %s",
                        TokenConfidence.MOST_GROUP,
                        groupTokens)
                .check();
    }

    /** The same parameters with samples given up for lack of confidence, or not. */
    public MethodParams withConfidence(@Nullable Double share, @Nullable Integer first, @Nullable Integer group) {
        return new MethodParams(
                scoreTemperature,
                rejection,
                exploration,
                revisions,
                stopAtScore,
                cutLoops,
                speculate,
                share,
                first,
                group,
                posterior);
    }

    /** The same parameters with another posterior of the scores. */
    public MethodParams withPosterior(@Nullable Posterior family) {
        return new MethodParams(
                scoreTemperature,
                rejection,
                exploration,
                revisions,
                stopAtScore,
                cutLoops,
                speculate,
                voteShare,
                warmUp,
                groupTokens,
                family);
    }

    Posterior posteriorOrUsual() {
        return posterior == null ? Posterior.GAUSSIAN : posterior;
    }

    double voteShareOrAll() {
        return voteShare == null ? 1 : voteShare;
    }

    int groupTokensOrUsual() {
        return groupTokens == null ? TokenConfidence.USUAL_GROUP : groupTokens;
    }

    double scoreTemperatureOr(double ofThePaper) {
        return scoreTemperature == null ? ofThePaper : scoreTemperature;
    }
}
