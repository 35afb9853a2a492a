package org.espalier.runtime;

import org.espalier.engine.Lane;
import org.espalier.engine.ModelRunner;
import org.espalier.model.ProcessRewardModel;
import org.espalier.prompt.SolvePrompt;
import org.espalier.reward.ConfidencePrm;
import org.espalier.reward.MarkJudge;
import org.espalier.reward.SelfJudge;
import org.espalier.search.SearchMethod;
import org.jspecify.annotations.Nullable;

/**
 * How a policy judges its own steps where no other model does.
 *
 * @param prm what judges
 * @param apart what does so for {@link SearchMethod#AUTO} instead; null if that is no other
 */
record OwnJudge(ProcessRewardModel prm, @Nullable ProcessRewardModel apart) {
    /**
     * Returns what was asked for.
     *
     * @param lane of the policy
     * @param runner of the lane
     * @param asking asks the policy for its verdict
     * @throws org.espalier.model.UsageException if there is no such measure of confidence
     */
    static OwnJudge of(PrmSettings settings, Workload work, Lane lane, ModelRunner runner, SolvePrompt asking) {
        if (settings.isSelf()) {
            return new OwnJudge(new SelfJudge(lane, runner, asking), null);
        }
        // Asking the policy is for methods that compare unfinished solutions.
        if (!settings.isNamed() && comparesUnfinished(work)) {
            return new OwnJudge(new SelfJudge(lane, runner, asking), new ConfidencePrm(PrmSettings.USUAL_MEASURE));
        }
        return new OwnJudge(
                settings.isMarks() ? new MarkJudge(lane, runner, asking, true) : new ConfidencePrm(settings.measure()),
                null);
    }

    private static boolean comparesUnfinished(Workload work) {
        return work.methods().stream().anyMatch(method -> method.needsPrm() && method != SearchMethod.AUTO);
    }
}
