package org.espalier.model;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The limits on what one run may spend.
 *
 * @param tokens sampled by the policy, over all branches; {@link Long#MAX_VALUE} for no limit
 * @param deadline from the run's start; null for no limit
 * @param joules that the machine takes meanwhile, for whatever it does; {@link Double#POSITIVE_INFINITY} for no limit
 */
public record Budget(long tokens, @Nullable Duration deadline, double joules) {
    public static final Budget UNLIMITED = new Budget(Long.MAX_VALUE, null);

    /** No limit on energy. */
    public Budget(long tokens, @Nullable Duration deadline) {
        this(tokens, deadline, Double.POSITIVE_INFINITY);
    }

    /** @throws UsageException if a limit is not positive */
    public Budget {
        new Rules()
                .require(tokens >= 1, "budgetTokens", "%s must be 1 or more, not %d", tokens)
                .require(
                        deadline == null || !(deadline.isNegative() || deadline.isZero()),
                        "deadline",
                        "%s must be positive, such as 30s or 1500ms")
                .require(joules > 0, "budgetJoules", "%s must be more than 0, not %s", joules)
                .check();
    }
}
