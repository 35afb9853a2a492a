package org.espalier.cli;

import org.espalier.runtime.ThinkingSettings;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options for policies that think before they answer. */
class ThinkingOptions {
    @Option(
            names = "--thinking",
            order = 2,
            paramLabel = "HOW",
            defaultValue = "auto",
            description =
                    "Whether a policy that can thinks before it answers: on, off, or auto, which is off where steps"
                            + " are judged (default: ${DEFAULT-VALUE}). What it thinks is not judged and does not vote.")
    ThinkingSettings.Mode mode = ThinkingSettings.Mode.AUTO;

    @Option(
            names = "--think-tokens",
            order = 2,
            paramLabel = "T",
            description =
                    "Tokens of thinking, after which its end is forced (default: three quarters of --max-tokens).")
    @Nullable
    Integer thinkTokens;

    @Option(
            names = "--waits",
            order = 2,
            paramLabel = "W",
            defaultValue = "0",
            description = "How often the policy is made to think on where it would stop (default: ${DEFAULT-VALUE}).")
    int waits;

    ThinkingSettings thinking() {
        return new ThinkingSettings(mode, thinkTokens, waits);
    }
}
