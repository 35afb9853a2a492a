package org.espalier.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine.Model.OptionSpec;

class RemoteOptionsTest {
    /** Sent with the request, or about this side alone. */
    private static final List<String> GO_WITH_A_SERVER = List.of(
            "--aggregation",
            "--api-key",
            "--beam-width",
            "--budget-tokens",
            "--choose",
            "--cut-loops",
            "--deadline",
            "--domain",
            "--exploration",
            "--file",
            "--group-tokens",
            "--each",
            "--help-all",
            "--json",
            "--language",
            "--lookahead",
            "--max-iterations",
            "--max-tokens",
            "--method",
            "--min-p",
            "--model",
            "--posterior",
            "--presence-penalty",
            "--frequency-penalty",
            "--repeat-penalty",
            "--repeat-last-n",
            "--logit-bias",
            "--option",
            "--profile",
            "--quiet",
            "--rejection",
            "--repairs",
            "--revisions",
            "--score-temperature",
            "--seed",
            "--selection",
            "--server",
            "--shortest",
            "--speculate",
            "--stacktrace",
            "--step-tokens",
            "--stop-at",
            "--stop-at-score",
            "--system",
            "--temperature",
            "--tests",
            "--top-k",
            "--top-p",
            "--version",
            "--vote-share",
            "--warm-up",
            "--written-tests",
            "-n");

    /** Who adds an option says here whether a server is told it; otherwise it would be passed over without a word. */
    @Test
    void everyOptionIsSentOrRefused() {
        List<String> known = new ArrayList<>(GO_WITH_A_SERVER);
        known.addAll(RemoteOptions.ONLY_HERE);
        List<String> options = Main.commandLine().getSubcommands().get("solve").getCommandSpec().options().stream()
                .map(OptionSpec::longestName)
                .toList();
        assertThat(options).containsExactlyInAnyOrderElementsOf(known);
    }
}
