package org.espalier.runtime;

import java.util.List;
import java.util.Optional;
import org.espalier.model.Parameter;
import org.espalier.model.Rules;
import org.espalier.model.UsageException;
import org.espalier.model.Violation;
import org.espalier.prompt.Thinking;
import org.jspecify.annotations.Nullable;

/**
 * Whether and how long a policy thinks before it answers. What it thinks is not judged and does not vote.
 *
 * @param tokens of one thought, after which its end is forced; null for three quarters of a completion
 * @param waits how often the policy is made to think on where it would stop
 */
public record ThinkingSettings(Mode mode, @Nullable Integer tokens, int waits) {
    /** Thinks where no steps are judged, if the policy can. */
    public static final ThinkingSettings DEFAULT = new ThinkingSettings(Mode.AUTO, null, 0);

    /** Share of a completion that may be thinking, unless the caller says how much. */
    private static final double USUAL_SHARE = 0.75;

    private static final Parameter WAITS = Parameter.of("waits");

    /** Whether a policy thinks. */
    public enum Mode {
        /** Only where no steps are judged. */
        AUTO,
        ON,
        OFF
    }

    /**
     * How the policy thinks; empty if it does not, or is told not to.
     *
     * @param able how the policy marks its thinking; empty if it cannot think
     * @param judged whether its steps are judged
     * @throws UsageException if it is to think and cannot
     */
    Optional<Thinking> thinking(Optional<Thinking> able, boolean judged) {
        boolean asked = mode == Mode.ON || tokens != null || waits > 0;
        Parameter thinking = Parameter.of("thinking");
        new Rules()
                .require(
                        mode != Mode.OFF || (tokens == null && waits == 0),
                        "thinkTokens",
                        "%s and %s are of no use with %s: leave them out",
                        WAITS,
                        thinking.with("off"))
                .check();
        new Rules()
                .require(
                        !asked || able.isPresent(),
                        "thinkTokens",
                        "%2$s, %1$s and %3$s need a policy that thinks, and this one's chat template has no <think>: leave"
                                + " them out, or give another %4$s",
                        thinking,
                        WAITS,
                        Parameter.of("policy"))
                .check();
        boolean on = asked || (mode == Mode.AUTO && !judged);
        return on ? able : Optional.empty();
    }

    /**
     * Tokens of one thought.
     *
     * @param maxTokens of a completion
     * @throws UsageException if that leaves none for the answer
     */
    int tokens(int maxTokens) {
        if (tokens == null) {
            return Math.max(1, (int) (maxTokens * USUAL_SHARE));
        }
        if (tokens < 1 || tokens >= maxTokens) {
            throw new UsageException(List.of(Violation.of(
                    "thinkTokens",
                    "%s must be in 1..%d, below %s, not %d",
                    maxTokens - 1,
                    Parameter.of("maxTokens"),
                    tokens)));
        }
        return tokens;
    }
}
