package org.espalier.cli;

import org.espalier.model.SamplingParams;
import org.espalier.search.SearchConfig;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options that say how the policy writes. */
final class SamplingOptions {
    @Option(
            names = "--temperature",
            paramLabel = "T",
            defaultValue = "0.8",
            description = "Temperature of the policy's sampling; 0 is greedy (default: ${DEFAULT-VALUE}).")
    private double temperature;

    @Option(
            names = "--top-k",
            paramLabel = "K",
            defaultValue = "0",
            description = "Sample from the K likeliest tokens.")
    private int topK;

    @Option(
            names = "--top-p",
            paramLabel = "P",
            defaultValue = "1",
            description = "Sample from the likeliest tokens whose probabilities sum to P.")
    private double topP;

    @Option(
            names = "--min-p",
            paramLabel = "P",
            defaultValue = "0",
            description = "Drop tokens less likely than P times the likeliest.")
    private double minP;

    @Option(
            names = "--max-tokens",
            paramLabel = "T",
            description = "Tokens of one completion at most (default: 1024; 2048 with --parity sal).")
    private @Nullable Integer maxTokens;

    @Option(
            names = "--delimiter",
            paramLabel = "TEXT",
            description = "Ends a step; \\n stands for a line end (default: a blank line).")
    private String delimiter = "\\n\\n";

    @Option(
            names = "--seed",
            defaultValue = "42",
            description = "The same seed, models and options give the same samples on the same machine, unless a server"
                    + " works for others meanwhile (default: ${DEFAULT-VALUE}).")
    private long seed;

    /** A search that samples so. */
    SearchConfig.Builder config() {
        return SearchConfig.builder()
                .sampling(new SamplingParams(temperature, topK, topP, minP))
                .maxTokens(maxTokens == null ? 1024 : maxTokens)
                .seed(seed)
                .delimiter(delimiter.replace("\\n", "\n"));
    }

    boolean namesMaxTokens() {
        return maxTokens != null;
    }
}
