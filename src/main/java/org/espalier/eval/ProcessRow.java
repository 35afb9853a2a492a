package org.espalier.eval;

import org.espalier.search.SearchMethod;
import org.jspecify.annotations.Nullable;

/**
 * How one method with one n worked. Tokens, seconds and joules are means over its problems, which share the machine. What
 * a run did not record is null.
 *
 * @param run as in {@link ReportRow}
 * @param n of the search itself
 * @param problems searches, of all seeds together
 * @param agreement share of the winning vote, 0 to 1
 * @param committedTokens sampled, on the path of a completion
 * @param discardedTokens sampled, all others
 * @param duplicatedTokens of both, sampled for a step whose path had been written before
 * @param sharedShare of the prompt's and the sampled tokens, on the path of two or more branches: 0 to 1
 * @param overthinkingShare of the completions' tokens, written after a line had come to the answer: 0 to 1
 * @param prmTokens that went through the PRM, and of them those that it had not read before
 * @param batchOccupancy share of the branches for which a step of the policy draws a token: 0 to 1
 * @param policySeconds in the policy's native code
 * @param prmSeconds in the PRM's
 * @param samplingSeconds of both, reading logits: sampling and scores
 * @param schedulingSeconds of the engine outside them
 * @param searchSeconds of the search's own code
 * @param waitingSeconds in which the engine had nothing to do
 * @param peakMemoryBytes resident, the most of any process
 * @param joules of the machine
 */
public record ProcessRow(
        String run,
        String dataset,
        @MethodName SearchMethod method,
        int n,
        int problems,
        @Nullable Double agreement,
        double committedTokens,
        double discardedTokens,
        double duplicatedTokens,
        @Nullable Double sharedShare,
        @Nullable Double overthinkingShare,
        double prmTokens,
        double prmTokensUnique,
        @Nullable Double batchOccupancy,
        @Nullable Double policySeconds,
        @Nullable Double prmSeconds,
        @Nullable Double samplingSeconds,
        @Nullable Double schedulingSeconds,
        @Nullable Double searchSeconds,
        @Nullable Double waitingSeconds,
        @Nullable Long peakMemoryBytes,
        @Nullable Double joules) {}
