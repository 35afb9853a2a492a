package org.espalier.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A path of the search from the prompt to where it ended.
 *
 * @param text all its steps
 * @param answer what it answers; null if nothing in it can be read as an answer
 * @param stepScores the PRM's score of each step, in order; empty without a PRM
 * @param score the step scores aggregated; {@link Double#NaN} without a PRM
 * @param finished whether the policy ended it; otherwise a limit did
 * @param tokens sampled along the path
 * @param logProb sum of their log-probabilities, in nats
 */
public record Completion(
        String text,
        @Nullable Answer answer,
        List<Double> stepScores,
        double score,
        boolean finished,
        int tokens,
        double logProb) {}
