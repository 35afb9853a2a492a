package org.espalier.runtime;

import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.espalier.engine.Engine;
import org.espalier.engine.Lane;
import org.espalier.engine.LaneStats;
import org.espalier.llama.EnergyMeter;
import org.espalier.llama.LlamaModelRunner;
import org.espalier.llama.NativeLibrary;
import org.espalier.llama.PeakMemory;
import org.espalier.model.Attention;
import org.espalier.model.Budget;
import org.espalier.model.Meter;
import org.espalier.model.UsageException;
import org.espalier.model.Violation;
import org.espalier.wire.EngineReport;
import org.jspecify.annotations.Nullable;

/**
 * What an engine has done, and what that took.
 *
 * @param runners of all lanes
 * @param prm null if no other model judges
 * @param larger null if there is none
 * @param branches that a search may draw at once
 */
record EngineAccount(
        Engine engine,
        EnergyMeter energy,
        List<LlamaModelRunner> runners,
        Lane policy,
        @Nullable Lane prm,
        @Nullable Lane larger,
        int branches) {

    /** @throws UsageException if the budget limits the energy and this machine does not say how much it takes */
    Meter meter(Budget budget) {
        if (budget.joules() == Double.POSITIVE_INFINITY) {
            return new Meter(budget);
        }
        if (energy.joules().isEmpty()) {
            throw new UsageException(
                    List.of(
                            Violation.of(
                                    "budgetJoules",
                                    "%s cannot be kept: this machine has no counter of energy that can be read"
                                            + " (Linux: intel-rapl below /sys/class/powercap, usually for root alone; or an NVIDIA GPU)")));
        }
        return new Meter(budget, () -> energy.joules().orElse(Double.POSITIVE_INFINITY));
    }

    /** @param unified whether sequences share the policy's cells */
    EngineReport report(boolean unified, int mostThreads) {
        LaneStats stats = policy.stats();
        LaneStats prmStats = prm == null ? LaneStats.NONE : prm.stats();
        LaneStats largerStats = larger == null ? LaneStats.NONE : larger.stats();
        long threadNanos = stats.threadNanos() + largerStats.threadNanos() + prmStats.threadNanos();
        long policyNative = stats.runnerNanos() + largerStats.runnerNanos();
        long inNative = policyNative + prmStats.runnerNanos();
        long inSteps = stats.totalNanos() + largerStats.totalNanos() + prmStats.totalNanos();
        long waited = engine.waitedNanos();
        OptionalDouble joules = energy.joules();
        List<OptionalLong> operations = runners.stream()
                .map(LlamaModelRunner::attentionOperations)
                .filter(OptionalLong::isPresent)
                .toList();
        return new EngineReport(
                EspalierVersion.own(),
                String.join("; ", NativeLibrary.description()),
                unified ? "unified" : "streams",
                operations.isEmpty() ? Attention.STOCK.toString() : Attention.TREE.toString(),
                operations.stream().mapToLong(OptionalLong::getAsLong).sum(),
                mostThreads,
                inNative == 0 ? 0 : (double) threadNanos / inNative,
                stats.peakCells(),
                stats.steps() == 0 ? 0 : (double) stats.tokens() / stats.steps(),
                stats.steps() == 0 ? 0 : Math.min(1, (double) stats.rows() / stats.steps() / branches),
                policyNative / 1e9,
                prmStats.runnerNanos() / 1e9,
                (stats.samplingNanos() + largerStats.samplingNanos() + prmStats.samplingNanos()) / 1e9,
                (inSteps - inNative) / 1e9,
                Math.max(0, engine.elapsedNanos() - waited - inSteps) / 1e9,
                waited / 1e9,
                joules.isPresent() ? joules.getAsDouble() : null,
                energy.parts(),
                PeakMemory.bytes().orElse(null));
    }
}
