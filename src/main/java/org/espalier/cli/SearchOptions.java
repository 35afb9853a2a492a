package org.espalier.cli;

import org.espalier.model.SamplingParams;
import org.espalier.search.ScoreAggregation;
import org.espalier.search.SearchConfig;
import org.espalier.search.SearchMethod;
import org.espalier.search.Selection;
import org.espalier.search.Semantics;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options that say how to search. */
final class SearchOptions {
    @Option(
            names = {"-m", "--method"},
            paramLabel = "METHOD",
            defaultValue = "dvts",
            description = "greedy, majority, best-of-n, beam or dvts (default: ${DEFAULT-VALUE}).")
    private String method = "dvts";

    @Option(
            names = "-n",
            defaultValue = "16",
            description = "Completions to search for: more compute, better answers (default: ${DEFAULT-VALUE}).")
    private int n;

    @Option(
            names = "--beam-width",
            paramLabel = "M",
            defaultValue = "4",
            description = "Candidates for each kept step; dvts grows n / M subtrees (default: ${DEFAULT-VALUE}).")
    private int beamWidth;

    @Option(
            names = "--max-iterations",
            paramLabel = "STEPS",
            defaultValue = "40",
            description = "Steps after which beams run to the end unguided (default: ${DEFAULT-VALUE}).")
    private int maxIterations;

    @Option(
            names = "--lookahead",
            paramLabel = "STEPS",
            defaultValue = "0",
            description = "Greedy steps that a candidate's score looks ahead (default: ${DEFAULT-VALUE}).")
    private int lookahead;

    @Option(
            names = "--aggregation",
            paramLabel = "HOW",
            description = "A path's score from its steps' scores: last, min, prod or mean"
                    + " (default: last; prod with --prm likelihood:MODEL).")
    private @Nullable ScoreAggregation aggregation;

    @Option(
            names = "--selection",
            paramLabel = "HOW",
            description = "The answer from the completions: naive (best score), weighted or majority"
                    + " (default: weighted; majority where nothing is scored).")
    private @Nullable Selection selection;

    @Option(
            names = "--temperature",
            paramLabel = "T",
            defaultValue = "0.8",
            description = "Of the policy's sampling; 0 is greedy (default: ${DEFAULT-VALUE}).")
    private double temperature;

    @Option(
            names = "--top-k",
            paramLabel = "K",
            defaultValue = "0",
            description = "Sample from the K likeliest tokens.")
    private int topK;

    @Option(names = "--top-p", paramLabel = "P", defaultValue = "1", description = "Sample from the likeliest share P.")
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
            names = "--step-tokens",
            paramLabel = "T",
            defaultValue = "256",
            description = "Tokens of one step of a tree search at most (default: ${DEFAULT-VALUE}).")
    private int stepTokens;

    @Option(
            names = "--delimiter",
            paramLabel = "TEXT",
            description = "Ends a step; \\n stands for a line end (default: a blank line).")
    private String delimiter = "\\n\\n";

    @Option(
            names = "--seed",
            defaultValue = "42",
            description = "The same seed gives the same tree (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Option(
            names = "--parity",
            paramLabel = "WHOSE",
            defaultValue = "strict",
            description = "strict, or sal for search-and-learn's exact semantics (default: ${DEFAULT-VALUE}).")
    private String parity = "strict";

    @Option(names = "--filter-duplicates", description = "beam drops paths with the same text.")
    private boolean filterDuplicates;

    @Option(names = "--sort-completed", description = "beam returns completions by score, not as they finish.")
    private boolean sortCompleted;

    SearchMethod method() {
        return SearchMethod.parse(method);
    }

    int n() {
        return method() == SearchMethod.GREEDY ? 1 : n;
    }

    /** @param likelihood whether steps are judged by a language model, which does not remember an earlier error */
    SearchConfig config(boolean likelihood) {
        ScoreAggregation usual = likelihood ? ScoreAggregation.PROD : ScoreAggregation.LAST;
        Semantics semantics = Semantics.parse(parity);
        int tokens = semantics.equals(Semantics.SAL) ? 2048 : 1024;
        return SearchConfig.builder()
                .n(n())
                .beamWidth(beamWidth)
                .maxIterations(maxIterations)
                .lookahead(lookahead)
                .aggregation(aggregation == null ? usual : aggregation)
                .selection(selectionOrDefault())
                .sampling(new SamplingParams(temperature, topK, topP, minP))
                .maxTokens(maxTokens == null ? tokens : maxTokens)
                .stepTokens(stepTokens)
                .seed(seed)
                .delimiter(delimiter.replace("\\n", "\n"))
                .semantics(semantics)
                .filterDuplicates(filterDuplicates)
                .sortCompleted(sortCompleted)
                .build();
    }

    private Selection selectionOrDefault() {
        if (selection != null) {
            return selection;
        }
        return method().needsPrm() ? Selection.WEIGHTED : Selection.MAJORITY;
    }
}
