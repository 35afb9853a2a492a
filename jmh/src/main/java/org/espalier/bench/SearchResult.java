package org.espalier.bench;

import org.jspecify.annotations.Nullable;

/**
 * How a peer did.
 *
 * @param settings of the peer, such as its slots
 * @param right problems whose chosen answer (weighted vote) is right
 * @param seconds of wall time for all problems, without loading the models
 * @param processorSeconds that its processes took for that, which other work on the machine hardly changes; null for the
 *     engine, whose process also loads the models
 * @param policyTokens sampled
 * @param policyTokensDecoded that the policy computed, prompts and recomputation included; null if the peer does not say
 * @param prmTokens that the PRM computed, recomputation included; null if the peer does not say
 * @param prmTokensUnique that the PRM was to read
 * @param tokensPerStep tokens of the policy's mean batch; null if the peer does not say
 * @param batchOccupancy share of the branches in flight for which a step draws a token; null if the peer does not say
 * @param cells of the policy's cache: of the engine the most that were in use, of a peer all, for none says how many it uses
 * @param peakResidentBytes of the processes, models included; null where the system does not say
 * @param timedOut whether the peer was stopped before it had solved all: then all of this is of the problems that it had
 *     solved, and the rates are too low by what it had begun
 */
record SearchResult(
        String peer,
        String settings,
        String method,
        int n,
        int problems,
        int inFlight,
        int threads,
        int maxTokens,
        long seed,
        int right,
        double accuracy,
        double seconds,
        @Nullable Double processorSeconds,
        double problemsPerMinute,
        long policyTokens,
        double tokensPerSecond,
        @Nullable Long policyTokensDecoded,
        @Nullable Long prmTokens,
        long prmTokensUnique,
        @Nullable Double tokensPerStep,
        @Nullable Double batchOccupancy,
        long cells,
        @Nullable Long peakResidentBytes,
        boolean timedOut) {

    /** What was counted. */
    record Counts(
            int problems,
            int right,
            double seconds,
            @Nullable Double processorSeconds,
            long policyTokens,
            @Nullable Long policyTokensDecoded,
            @Nullable Long prmTokens,
            long prmTokensUnique,
            @Nullable Double tokensPerStep,
            @Nullable Double batchOccupancy,
            long cells,
            @Nullable Long peakResidentBytes,
            boolean timedOut) {}

    static SearchResult of(String peer, String settings, SearchSetting search, Counts counts) {
        return new SearchResult(
                peer,
                settings,
                search.method().cliName(),
                search.n(),
                counts.problems,
                search.inFlight(),
                search.threads(),
                search.maxTokens(),
                search.seed(),
                counts.right,
                (double) counts.right / Math.max(1, counts.problems),
                counts.seconds,
                counts.processorSeconds,
                60 * counts.problems / counts.seconds,
                counts.policyTokens,
                counts.policyTokens / counts.seconds,
                counts.policyTokensDecoded,
                counts.prmTokens,
                counts.prmTokensUnique,
                counts.tokensPerStep,
                counts.batchOccupancy,
                counts.cells,
                counts.peakResidentBytes,
                counts.timedOut);
    }
}
