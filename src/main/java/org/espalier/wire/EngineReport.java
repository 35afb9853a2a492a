package org.espalier.wire;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What ran searches here, and what that took.
 *
 * @param threads the most that a step takes
 * @param meanThreads that the steps took, by their time; 0 if there were none
 * @param peakCells most of the policy's cache that was in use
 * @param tokensPerStep tokens of a decode of the policy on average
 * @param batchOccupancy share, 0 to 1, of the branches that it was made for that a step of the policy draws a token
 *     for, on average
 * @param kvLayout of the policy's cache; the PRM's is always shared
 * @param attention tree if a model computes it so, else stock
 * @param attentionOperations that tree attention computed, of all models: one for each layer of each decode
 * @param policySeconds in the native code of the policy: copies, decode, sampling, and judging itself
 * @param prmSeconds in that of the PRM; 0 if there is none
 * @param samplingSeconds of both, reading rows of logits: sampling and scores
 * @param schedulingSeconds of the engine outside them
 * @param searchSeconds of the search's own code
 * @param waitingSeconds in which the engine had nothing to do
 * @param joules that parts of the machine took meanwhile, other programs' share included; null where no counter can be
 *     read
 * @param joulesOf the parts
 * @param peakMemoryBytes resident, of the whole process since it started; null where the system does not say
 */
public record EngineReport(
        String espalier,
        String llamaCpp,
        String kvLayout,
        String attention,
        long attentionOperations,
        int threads,
        double meanThreads,
        long peakCells,
        double tokensPerStep,
        double batchOccupancy,
        double policySeconds,
        double prmSeconds,
        double samplingSeconds,
        double schedulingSeconds,
        double searchSeconds,
        double waitingSeconds,
        @Nullable Double joules,
        List<String> joulesOf,
        @Nullable Long peakMemoryBytes) {}
