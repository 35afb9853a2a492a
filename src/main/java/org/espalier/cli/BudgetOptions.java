package org.espalier.cli;

import java.time.Duration;
import org.espalier.model.Budget;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options that say what a run may spend. When a limit is reached, the best answer so far is printed. */
final class BudgetOptions {
    @Option(names = "--budget-tokens", paramLabel = "T", description = "Tokens of all completions together at most.")
    private @Nullable Long budgetTokens;

    @Option(
            names = "--deadline",
            paramLabel = "TIME",
            converter = DurationConverter.class,
            description = "Time for the search at most, such as 30s or 1500ms.")
    private @Nullable Duration deadline;

    @Advanced
    @Option(
            names = "--budget-joules",
            paramLabel = "J",
            description = {
                "Energy at most, of the processors and GPUs whose counters can be read, whoever uses them:",
                "'espalier solve --json' shows which (joulesOf)."
            })
    private @Nullable Double budgetJoules;

    Budget budget() {
        return new Budget(
                budgetTokens == null ? Long.MAX_VALUE : budgetTokens,
                deadline,
                budgetJoules == null ? Double.POSITIVE_INFINITY : budgetJoules);
    }
}
