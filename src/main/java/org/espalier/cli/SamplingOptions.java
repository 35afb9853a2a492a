package org.espalier.cli;

import java.util.List;
import java.util.Map;
import org.espalier.domain.Domain;
import org.espalier.model.LogitChanges;
import org.espalier.model.SamplingParams;
import org.espalier.model.UsageException;
import org.espalier.search.SearchConfig;
import org.espalier.search.Semantics;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options that say how the policy writes. */
final class SamplingOptions {
    private static final int USUAL_TOKENS = 1024;

    @Option(
            names = "--temperature",
            paramLabel = "T",
            defaultValue = "0.8",
            description = "Of the policy's sampling; 0 is greedy (default: ${DEFAULT-VALUE}).")
    double temperature;

    @Advanced
    @Option(
            names = "--top-k",
            paramLabel = "K",
            defaultValue = "0",
            description = "Sample from the K likeliest tokens.")
    int topK;

    @Advanced
    @Option(
            names = "--top-p",
            paramLabel = "P",
            defaultValue = "1",
            description = "Sample from the likeliest tokens whose probabilities sum to P.")
    double topP;

    @Advanced
    @Option(
            names = "--min-p",
            paramLabel = "P",
            defaultValue = "0",
            description = "Drop tokens less likely than P times the likeliest.")
    double minP;

    @Advanced
    @Option(
            names = "--presence-penalty",
            paramLabel = "P",
            description = "Taken off the logits of tokens that the reply has (-2 to 2).")
    @Nullable
    Double presencePenalty;

    @Advanced
    @Option(
            names = "--frequency-penalty",
            paramLabel = "P",
            description = "Taken off them as often as the reply has each (-2 to 2).")
    @Nullable
    Double frequencyPenalty;

    @Advanced
    @Option(
            names = "--repeat-penalty",
            paramLabel = "P",
            description = "Makes tokens less likely that were there lately, as llama.cpp does it (1 changes nothing).")
    @Nullable
    Double repeatPenalty;

    @Advanced
    @Option(
            names = "--repeat-last-n",
            paramLabel = "N",
            description = "How many tokens back that is; -1 for all (default: 64).")
    @Nullable
    Integer repeatLastN;

    @Advanced
    @Option(
            names = "--logit-bias",
            split = ",",
            paramLabel = "ID=B",
            description = "Added to the logits of tokens, by their numbers (-100 to 100).")
    @Nullable
    Map<Integer, Double> logitBias;

    @Option(names = "--max-tokens", paramLabel = "T", description = "Tokens of one completion at most (default: 1024).")
    @Nullable
    Integer maxTokens;

    @Advanced
    @Option(
            names = "--delimiter",
            paramLabel = "TEXT",
            description =
                    "Ends a step; \\n stands for a line end (default: a blank line; of puzzles the end of a line).")
    private @Nullable String delimiter;

    @Option(
            names = "--seed",
            split = ",",
            paramLabel = "S",
            defaultValue = "42",
            description = "The same seed gives the same answer (default: ${DEFAULT-VALUE}).")
    List<Long> seeds = List.of();

    private boolean takesSeveral;

    /** Lets several seeds be given: the settings have the first, and who calls this the others. */
    List<Long> severalSeeds() {
        takesSeveral = true;
        return seeds.stream().distinct().toList();
    }

    /**
     * A search that samples so.
     *
     * @throws UsageException if a value is out of its range
     */
    SearchConfig.Builder config() {
        return config(Semantics.STRICT);
    }

    /**
     * A search that samples so, with the tokens that are usual for its semantics.
     *
     * @throws UsageException if a value is out of its range
     */
    SearchConfig.Builder config(Semantics semantics) {
        if (seeds.size() > 1 && !takesSeveral) {
            throw new UsageException("--seed takes one seed here; 'espalier eval' takes several");
        }
        int usual = semantics.has(Semantics.Quirk.TOKENS_PER_STEP) ? SearchConfig.DEFAULT.maxTokens() : USUAL_TOKENS;
        return SearchConfig.builder()
                .semantics(semantics)
                .sampling(new SamplingParams(
                        temperature,
                        topK,
                        topP,
                        minP,
                        new LogitChanges(presencePenalty, frequencyPenalty, repeatPenalty, repeatLastN, logitBias)))
                .maxTokens(maxTokens == null ? usual : maxTokens)
                .seed(seeds.get(0))
                .delimiter(delimiter == null ? SearchConfig.DEFAULT.delimiter() : delimiter.replace("\\n", "\n"));
    }

    /** Whether the user says what ends a step. */
    boolean hasDelimiter() {
        return delimiter != null;
    }

    /** The same search with the steps of a domain, unless the user says what ends one. */
    SearchConfig steppedBy(Domain domain, SearchConfig config) {
        return delimiter == null
                ? config.toBuilder().delimiter(domain.delimiter()).build()
                : config;
    }
}
