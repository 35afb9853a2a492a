package org.espalier.runtime;

import java.util.Optional;
import org.espalier.engine.MemoryPlan;
import org.espalier.engine.MemoryPlan.Demand;
import org.espalier.engine.MemoryPlan.Limit;
import org.espalier.engine.MemoryPlan.ModelShape;
import org.espalier.model.Attention;
import org.espalier.model.EspalierException;

/**
 * How work is laid out in memory.
 *
 * @param unified whether the policy's sequences share its cells
 * @param work with as many problems at a time as the memory is enough for
 */
record Placement(MemoryPlan plan, boolean unified, Workload work) {
    /**
     * Lays work out, with fewer problems at a time where the memory is not enough for all of them.
     *
     * @param attention of the policy over shared cells
     * @param beside what is loaded beside the policy
     * @param promptTokens of the longest prompt that is known
     * @throws EspalierException if the memory is not enough for one problem
     */
    static Placement of(
            ResourceSettings resources,
            ModelShape policy,
            Attention attention,
            Optional<ModelShape> beside,
            int promptTokens,
            Workload work,
            Limit limit) {
        boolean unified = work.methods().stream()
                .anyMatch(method -> resources
                        .kvLayout()
                        .isUnified(method.isTreeSearch(), attention, work.branches(), work.branchTokens()));
        Demand demand = new Demand(
                work.branches(), promptTokens, work.branchTokens(), Optional.ofNullable(resources.context()), unified);
        try {
            return new Placement(MemoryPlan.of(policy, beside, demand, limit), unified, work);
        } catch (EspalierException e) {
            if (work.inFlight() == 1) {
                throw e;
            }
            Workload half = work.withInFlight(work.inFlight() / 2);
            return of(resources, policy, attention, beside, promptTokens, half, limit);
        }
    }
}
