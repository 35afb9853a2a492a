package org.espalier.cli;

import java.nio.file.Path;
import org.espalier.model.UsageException;
import org.espalier.search.MethodParams;
import org.espalier.search.Posterior;
import org.espalier.search.ScoreAggregation;
import org.espalier.search.SearchConfig;
import org.espalier.search.SearchMethod;
import org.espalier.search.SearchRules;
import org.espalier.search.Semantics;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options that say how a tree grows and how its paths are scored. */
@Advanced
final class TreeOptions {
    private static final int USUAL_WIDTH = 4;

    @Option(
            names = "--beam-width",
            paramLabel = "M",
            description = "Candidates for each kept step; dvts grows n / M subtrees, ab-mcts begins M attempts at once"
                    + " (default: " + USUAL_WIDTH + ", or less where that does not go into n).")
    @Nullable
    Integer beamWidth;

    @Option(
            names = "--max-iterations",
            paramLabel = "STEPS",
            defaultValue = "40",
            description = "Steps after which beams run to the end unguided (default: ${DEFAULT-VALUE}).")
    int maxIterations;

    @Option(
            names = "--lookahead",
            paramLabel = "STEPS",
            defaultValue = "0",
            description = "Greedy steps that a candidate's score looks ahead (default: ${DEFAULT-VALUE}).")
    int lookahead;

    @Option(
            names = "--aggregation",
            paramLabel = "HOW",
            description = "A path's score from its steps' scores: last, min, prod or mean"
                    + " (default: last; prod where a score is of its step alone, as with --prm likelihood:MODEL).")
    @Nullable
    ScoreAggregation aggregation;

    @Option(
            names = "--step-tokens",
            paramLabel = "T",
            defaultValue = "256",
            description = "Tokens of one step of a tree search at most (default: ${DEFAULT-VALUE}).")
    int stepTokens;

    @Option(
            names = "--parity",
            paramLabel = "WHOSE",
            defaultValue = "strict",
            description = "strict, or sal for search-and-learn's exact semantics (default: ${DEFAULT-VALUE}).")
    String parity = "strict";

    @Option(
            names = "--shortest",
            paramLabel = "M",
            defaultValue = "3",
            description = "short-m stops at the first M finished completions (default: ${DEFAULT-VALUE}).")
    int shortest;

    @Option(names = "--filter-duplicates", description = "beam drops paths with the same text.")
    boolean filterDuplicates;

    @Option(names = "--sort-completed", description = "beam returns completions by score, not as they finish.")
    boolean sortCompleted;

    @Option(
            names = "--stop-at",
            paramLabel = "P",
            description = {
                "Stops before there are n completions when, with this probability, more would not change the answer.",
                "For auto, majority, best-of-n and dvts; 1 never stops early (default: auto's plan; 1 for the others)."
            })
    @Nullable
    Double stopAt;

    @Option(
            names = "--plan",
            paramLabel = "FILE",
            description = "What auto does, as 'espalier tune' has written it (default: what is known of the models).")
    @Nullable
    Path planFile;

    @Option(
            names = "--score-temperature",
            paramLabel = "T",
            description = "rebase, dora and particle: temperature of the softmax over scores; lower keeps fewer paths"
                    + " (default: the papers' 0.2, 0.1 and 1).")
    @Nullable
    Double scoreTemperature;

    @Option(
            names = "--rejection",
            paramLabel = "SHARE",
            defaultValue = "0.5",
            description = "speculative-rejection: share of the open completions given up each time"
                    + " (default: ${DEFAULT-VALUE}).")
    double rejection;

    @Option(
            names = "--exploration",
            paramLabel = "C",
            defaultValue = "1",
            description = "mcts: weight of the policy's choice against the PRM's (default: ${DEFAULT-VALUE}).")
    double exploration;

    @Option(
            names = "--revisions",
            paramLabel = "K",
            defaultValue = "4",
            description =
                    "refine and revise: attempts one after the other, in n / K chains (default: ${DEFAULT-VALUE}).")
    int revisions;

    @Option(
            names = "--stop-at-score",
            paramLabel = "SCORE",
            description = "Ends a completion at a step that states an answer and has this score (default: never).")
    @Nullable
    Double stopAtScore;

    @Option(
            names = "--vote-share",
            paramLabel = "SHARE",
            description = "Lets only the share of the completions vote that has the highest scores (default: 1).")
    @Nullable
    Double voteShare;

    @Option(
            names = "--warm-up",
            paramLabel = "K",
            description = "majority and best-of-n: after K completions, gives those up while they are written that the"
                    + " policy is less sure of than it was of the first ones, or of the best --vote-share of them"
                    + " (default: never).")
    @Nullable
    Integer warmUp;

    @Option(
            names = "--group-tokens",
            paramLabel = "T",
            description = "Tokens in a row whose confidence counts together (default: 32).")
    @Nullable
    Integer groupTokens;

    @Option(
            names = "--posterior",
            paramLabel = "FAMILY",
            description = "ab-mcts: what it takes scores for, gaussian or beta (default: gaussian).")
    @Nullable
    Posterior posterior;

    @Option(names = "--cut-loops", description = "Ends a path, unfinished, that repeats itself.")
    boolean cutLoops;

    @Option(
            names = "--speculate",
            description = "beam begins the best candidates' next step while it waits for longer ones.")
    boolean speculate;

    /** Null if none is named. */
    @Nullable
    Path plan() {
        return planFile;
    }

    /**
     * A search with one method and n that samples and grows so.
     *
     * @throws UsageException if a value is out of its range
     */
    SearchConfig.Builder config(SamplingOptions sampling, SearchMethod method, int n) {
        SearchConfig.Builder config = config(sampling).n(n);
        return beamWidth == null ? config.beamWidth(SearchRules.beamWidth(method, n, USUAL_WIDTH)) : config;
    }

    /**
     * A search that samples and grows so.
     *
     * @throws UsageException if a value is out of its range
     */
    SearchConfig.Builder config(SamplingOptions sampling) {
        return sampling.config(Semantics.parse(parity))
                .beamWidth(beamWidth == null ? USUAL_WIDTH : beamWidth)
                .maxIterations(maxIterations)
                .lookahead(lookahead)
                .aggregation(aggregation)
                .stepTokens(stepTokens)
                .shortest(shortest)
                .filterDuplicates(filterDuplicates)
                .sortCompleted(sortCompleted)
                .stopAt(stopAt)
                .params(new MethodParams(
                        scoreTemperature,
                        rejection,
                        exploration,
                        revisions,
                        stopAtScore,
                        cutLoops,
                        speculate,
                        voteShare,
                        warmUp,
                        groupTokens,
                        posterior));
    }
}
