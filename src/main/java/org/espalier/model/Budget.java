package org.espalier.model;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What one run may spend.
 *
 * @param tokens sampled by the policy, over all branches; {@link Long#MAX_VALUE} for no limit
 * @param deadline from the run's start; null for no limit
 */
public record Budget(long tokens, @Nullable Duration deadline) {
    public static final Budget UNLIMITED = new Budget(Long.MAX_VALUE, null);

    /** @throws UsageException if a limit is not positive */
    public Budget {
        if (tokens < 1) {
            throw new UsageException("--budget-tokens must be 1 or more, not " + tokens);
        }
        if (deadline != null && (deadline.isNegative() || deadline.isZero())) {
            throw new UsageException("--deadline must be positive, such as 30s or 1500ms");
        }
    }
}
