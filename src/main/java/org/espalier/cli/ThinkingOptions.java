package org.espalier.cli;

import org.espalier.runtime.ThinkingSettings;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options for policies that think before they answer. */
class ThinkingOptions {
    @Advanced
    @Option(
            names = "--thinking",
            order = 2,
            paramLabel = "HOW",
            defaultValue = "auto",
            description = "Whether the policy thinks first: on, off, or auto: off where steps are judged (default:"
                    + " ${DEFAULT-VALUE}).")
    ThinkingSettings.Mode mode = ThinkingSettings.Mode.AUTO;

    @Advanced
    @Option(
            names = "--think-tokens",
            order = 2,
            paramLabel = "T",
            description =
                    "Tokens of thinking, after which its end is forced (default: three quarters of --max-tokens).")
    @Nullable
    Integer thinkTokens;

    @Advanced
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
