package org.espalier.runtime;

import java.nio.file.Path;
import org.espalier.catalog.ModelFile;
import org.espalier.eval.PlanFile;
import org.espalier.eval.PlanFile.Source;
import org.espalier.model.Internal;
import org.espalier.model.UsageException;
import org.espalier.search.AutoPlan;
import org.jspecify.annotations.Nullable;

/** Which plan {@code auto} has. Stateless. */
@Internal
public final class Plans {
    private Plans() {}

    /**
     * The plan in the file; without one, the bundled plan if it was learnt with these models, or the one for models that
     * nothing is known of.
     *
     * @param judge null if the policy judges itself
     * @param prm what was asked for
     * @throws UsageException if the file cannot be used, or was learnt with other models
     */
    public static AutoPlan of(@Nullable Path file, ModelFile policy, @Nullable ModelFile judge, PrmSettings prm) {
        if (file == null && judge == null && !prm.isSelf() && !prm.isNone()) {
            return AutoPlan.SAMPLES;
        }
        if (file == null) {
            PlanFile bundled = PlanFile.bundled();
            return judge != null && isNamed(bundled.source(), policy, judge) && isFor(bundled, policy, judge)
                    ? bundled.plan()
                    : AutoPlan.DEFAULT;
        }
        PlanFile plan = PlanFile.read(file);
        if (!isFor(plan, policy, judge)) {
            Source source = plan.source();
            throw new UsageException(
                    "the plan %s was tuned for %s with %s, not for %s with %s: run 'espalier tune' on a run with these models"
                            .formatted(
                                    file,
                                    source.policy(),
                                    source.prm(),
                                    policy.name(),
                                    judge == null ? "self" : judge.name()));
        }
        return plan.plan();
    }

    /** Spares reading a large model for its digest. */
    private static boolean isNamed(Source source, ModelFile policy, ModelFile judge) {
        return source.policy().equals(policy.name()) && source.prm().equals(judge.name());
    }

    private static boolean isFor(PlanFile plan, ModelFile policy, @Nullable ModelFile judge) {
        return plan.isFor(policy.sha256(), judge == null ? "" : judge.sha256());
    }
}
