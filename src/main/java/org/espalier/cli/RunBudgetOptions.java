package org.espalier.cli;

import java.time.Duration;
import org.espalier.model.Budget;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options that say what all problems of a method and n may spend together. */
@Advanced
final class RunBudgetOptions {
    @Option(
            names = "--run-budget-tokens",
            paramLabel = "T",
            description = "Tokens sampled at most; what easy problems leave over is for the later ones.")
    private @Nullable Long tokens;

    @Option(
            names = "--run-deadline",
            paramLabel = "TIME",
            converter = DurationConverter.class,
            description = "Time at most, such as 30m.")
    private @Nullable Duration deadline;

    @Option(names = "--run-budget-joules", paramLabel = "J", description = "Energy at most.")
    private @Nullable Double joules;

    /** Whether the user has set one. */
    boolean isGiven() {
        return tokens != null || deadline != null || joules != null;
    }

    /** @throws org.espalier.model.UsageException if a limit is not positive */
    Budget budget() {
        return new Budget(
                tokens == null ? Long.MAX_VALUE : tokens, deadline, joules == null ? Double.POSITIVE_INFINITY : joules);
    }
}
