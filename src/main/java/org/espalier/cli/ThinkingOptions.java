package org.espalier.cli;

import java.util.Optional;
import org.espalier.model.UsageException;
import org.espalier.prompt.Thinking;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options for policies that think before they answer. */
final class ThinkingOptions {
    /** Of a completion, unless the caller says how much of it may be thinking. */
    private static final double USUAL_SHARE = 0.75;

    @Option(
            names = "--thinking",
            paramLabel = "HOW",
            defaultValue = "auto",
            description =
                    "Whether a policy that can thinks before it answers: on, off, or auto, which is off where steps"
                            + " are judged (default: ${DEFAULT-VALUE}). What it thinks is not judged and does not vote.")
    Mode mode = Mode.AUTO;

    @Option(
            names = "--think-tokens",
            paramLabel = "T",
            description =
                    "Tokens of thinking, after which its end is forced (default: three quarters of --max-tokens).")
    @Nullable
    Integer thinkTokens;

    @Option(
            names = "--waits",
            paramLabel = "W",
            defaultValue = "0",
            description = "How often the policy is made to think on where it would stop (default: ${DEFAULT-VALUE}).")
    int waits;

    /** Whether a policy thinks. */
    enum Mode {
        AUTO,
        ON,
        OFF
    }

    /**
     * How the policy thinks in this session; empty if it does not, or is told not to.
     *
     * @param able how the policy marks its thinking; empty if it cannot think
     * @param judged whether its steps are judged
     * @throws UsageException if it is to think and cannot
     */
    Optional<Thinking> thinking(Optional<Thinking> able, boolean judged) {
        boolean asked = mode == Mode.ON || thinkTokens != null || waits > 0;
        if (mode == Mode.OFF && (thinkTokens != null || waits > 0)) {
            throw new UsageException("--think-tokens and --waits are of no use with --thinking off: leave them away");
        }
        if (asked && able.isEmpty()) {
            throw new UsageException(
                    "--thinking, --think-tokens and --waits need a policy that thinks, and this one's chat "
                            + "template has no <think>: leave them away, or give another --policy");
        }
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
        if (thinkTokens == null) {
            return Math.max(1, (int) (maxTokens * USUAL_SHARE));
        }
        if (thinkTokens < 1 || thinkTokens >= maxTokens) {
            throw new UsageException(
                    "--think-tokens must lie in 1.." + (maxTokens - 1) + ", below --max-tokens, not " + thinkTokens);
        }
        return thinkTokens;
    }
}
