package org.espalier.prm;

import org.espalier.model.ProcessRewardModel.Scope;
import org.jspecify.annotations.Nullable;

/**
 * How a PRM of family D (implicit) is fed and read: a language model whose log-probability of a reply, less that of the
 * model it was trained from, is the reward of the reply (Yuan et al. 2024, "Free Process Rewards without Process
 * Labels", arXiv 2412.01981, proposition 3.1).
 *
 * @param name under which it is chosen
 * @param about which models it fits, and where the format is documented
 * @param system the chat's system turn; null for none
 * @param step a step in the reply, with {@code {step}} and {@code {i}} (its number, from 1)
 * @param dropHeadings whether a heading such as {@code ## Step 2:} is taken off a step
 * @param separator between steps
 * @param beta the reward's coefficient
 * @param cumulative whether a step's score is of all rewards up to it (the paper's Q) or of its own alone (the paper's r)
 * @param match how the profile's own models are recognised; null if nothing tells them
 */
public record ImplicitProfile(
        String name,
        String about,
        @Nullable String system,
        String step,
        boolean dropHeadings,
        String separator,
        double beta,
        boolean cumulative,
        @Nullable Recognition match)
        implements JudgeProfile {

    /** Returns what a score says. */
    public Scope scope() {
        return cumulative ? Scope.PATH : Scope.STEP;
    }

    /**
     * A reward as a score in 0..1: its sigmoid, which the cross-entropy loss of the paper's section 4 makes the
     * probability that the reply is right.
     *
     * @param before sum of the log-ratios of all steps before, in nats
     * @param own sum of the step's log-ratios, in nats
     */
    public double score(double before, double own) {
        return 1 / (1 + Math.exp(-beta * (cumulative ? before + own : own)));
    }
}
