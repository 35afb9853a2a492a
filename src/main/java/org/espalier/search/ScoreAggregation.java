package org.espalier.search;

import java.util.List;
import org.espalier.model.ProcessRewardModel.Scope;

/** How a path's step scores become one score. */
public enum ScoreAggregation {
    /** The last step's. */
    LAST,
    /** The worst step's. */
    MIN,
    /** Their product: the probability that no step is wrong, if the scores were independent (Lightman et al. 2023). */
    PROD,
    /** Their mean. */
    MEAN;

    /** Scores that do not remember an earlier error have to be put together, of others the last one says it all. */
    public static ScoreAggregation usual(Scope scope) {
        return scope == Scope.STEP ? PROD : LAST;
    }

    /** @return {@link Double#NaN} if there are none */
    public double of(List<Double> stepScores) {
        if (stepScores.isEmpty()) {
            return Double.NaN;
        }
        return switch (this) {
            case LAST -> stepScores.get(stepScores.size() - 1);
            case MIN ->
                stepScores.stream().mapToDouble(Double::doubleValue).min().orElseThrow();
            case PROD -> stepScores.stream().mapToDouble(Double::doubleValue).reduce(1, (a, b) -> a * b);
            case MEAN ->
                stepScores.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
        };
    }
}
