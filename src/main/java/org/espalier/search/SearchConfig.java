package org.espalier.search;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import org.espalier.model.Rules;
import org.espalier.model.SamplingParams;
import org.espalier.model.UsageException;
import org.jspecify.annotations.Nullable;

/**
 * How a search goes. Made with {@link #builder()}; what a method does not use is ignored.
 *
 * @param n completions, the paper's N: 1 to {@value #MAX_N}
 * @param beamWidth candidates for each kept beam, the paper's M: 1 to n
 * @param maxIterations steps after which a tree search lets its beams run to the end: 1 or more
 * @param lookahead greedy steps after a candidate that its score looks ahead: 0 or more
 * @param aggregation of step scores into the score that decides; null for the one that is usual for the PRM's scores
 * @param selection of the answer; null for the one that is usual for the method and its PRM
 * @param sampling of the policy's tokens
 * @param maxTokens of one completion, along its path: 1 or more
 * @param stepTokens of one candidate step of a tree search: 1 or more; a longer step is cut there, and goes on in the next.
 *     search-and-learn has no such limit
 * @param seed of all random streams
 * @param delimiter ends a step; not empty
 * @param semantics Espalier's or search-and-learn's
 * @param shortest finished completions that short-m@k waits for and lets vote, the paper's m: 1 or more
 * @param filterDuplicates whether beam search drops beams whose text another beam has
 * @param sortCompleted whether beam search orders its completions by score, not by when they were finished
 * @param stopAt how sure, above 0 and up to 1, that more completions would not change the answer a search must be to stop
 *     before it has n; 1 for never; null for what is usual for the method. Methods whose completions depend on one another
 *     do not stop early
 * @param plan of {@link SearchMethod#AUTO}
 * @param params what single methods have beside these
 */
public record SearchConfig(
        int n,
        int beamWidth,
        int maxIterations,
        int lookahead,
        @Nullable ScoreAggregation aggregation,
        @Nullable Selection selection,
        @JsonUnwrapped SamplingParams sampling,
        int maxTokens,
        int stepTokens,
        long seed,
        String delimiter,
        @JsonProperty("parity") Semantics semantics,
        int shortest,
        boolean filterDuplicates,
        boolean sortCompleted,
        @Nullable Double stopAt,
        AutoPlan plan,
        @JsonUnwrapped MethodParams params) {
    public static final int MAX_N = 10_000;

    private static final String AT_LEAST_ONE = "%s must be 1 or more, not %d";

    public static final SearchConfig DEFAULT = builder().build();

    /** @throws UsageException if a value is out of its range */
    public SearchConfig {
        new Rules()
                .require(n >= 1 && n <= MAX_N, "n", "%s must be 1 to %d, not %d", MAX_N, n)
                .require(beamWidth >= 1, "beamWidth", AT_LEAST_ONE, beamWidth)
                .require(maxIterations >= 1, "maxIterations", AT_LEAST_ONE, maxIterations)
                .require(lookahead >= 0, "lookahead", "%s must be 0 (none) or more, not %d", lookahead)
                .require(maxTokens >= 1, "maxTokens", AT_LEAST_ONE, maxTokens)
                .require(stepTokens >= 1, "stepTokens", AT_LEAST_ONE, stepTokens)
                .require(shortest >= 1, "shortest", AT_LEAST_ONE, shortest)
                .require(
                        stopAt == null || (stopAt > 0 && stopAt <= 1),
                        "stopAt",
                        "%s must be a probability above 0 and up to 1, not %s",
                        stopAt)
                .require(
                        !delimiter.isEmpty(),
                        "delimiter",
                        "%s is empty: give the text that ends a step, usually a blank line")
                .check();
    }

    /** @throws UsageException if the method cannot work with these values */
    public void validateFor(SearchMethod method) {
        Rules.check(SearchRules.violations(method, this));
    }

    /** How sure of the answer this method stops. */
    double stopAtFor(SearchMethod method) {
        if (stopAt != null) {
            return stopAt;
        }
        return method == SearchMethod.AUTO ? plan.stopAt() : 1;
    }

    public static Builder builder() {
        return new Builder();
    }

    /** A builder that starts with these values. */
    public Builder toBuilder() {
        return builder()
                .n(n)
                .beamWidth(beamWidth)
                .maxIterations(maxIterations)
                .lookahead(lookahead)
                .aggregation(aggregation)
                .selection(selection)
                .sampling(sampling)
                .maxTokens(maxTokens)
                .stepTokens(stepTokens)
                .seed(seed)
                .delimiter(delimiter)
                .semantics(semantics)
                .shortest(shortest)
                .filterDuplicates(filterDuplicates)
                .sortCompleted(sortCompleted)
                .stopAt(stopAt)
                .plan(plan)
                .params(params);
    }

    /** Starts with search-and-learn's defaults, except for n, which is 16, and the vote, which is the usual one. */
    public static final class Builder {
        private int n = 16;
        private int beamWidth = 4;
        private int maxIterations = 40;
        private int lookahead;
        private @Nullable ScoreAggregation aggregation;
        private @Nullable Selection selection;
        private SamplingParams sampling = new SamplingParams(0.8, 0, 1, 0);
        private int maxTokens = 2048;
        private int stepTokens = Integer.MAX_VALUE;
        private long seed = 42;
        private String delimiter = "\n\n";
        private Semantics semantics = Semantics.STRICT;
        private int shortest = 3;
        private boolean filterDuplicates;
        private boolean sortCompleted;
        private @Nullable Double stopAt;
        private AutoPlan plan = AutoPlan.DEFAULT;
        private MethodParams params = MethodParams.DEFAULT;

        private Builder() {}

        public Builder n(int n) {
            this.n = n;
            return this;
        }

        public Builder beamWidth(int beamWidth) {
            this.beamWidth = beamWidth;
            return this;
        }

        public Builder maxIterations(int maxIterations) {
            this.maxIterations = maxIterations;
            return this;
        }

        public Builder lookahead(int lookahead) {
            this.lookahead = lookahead;
            return this;
        }

        public Builder aggregation(@Nullable ScoreAggregation aggregation) {
            this.aggregation = aggregation;
            return this;
        }

        public Builder selection(@Nullable Selection selection) {
            this.selection = selection;
            return this;
        }

        public Builder sampling(SamplingParams sampling) {
            this.sampling = sampling;
            return this;
        }

        public Builder maxTokens(int maxTokens) {
            this.maxTokens = maxTokens;
            return this;
        }

        public Builder stepTokens(int stepTokens) {
            this.stepTokens = stepTokens;
            return this;
        }

        public Builder seed(long seed) {
            this.seed = seed;
            return this;
        }

        public Builder delimiter(String delimiter) {
            this.delimiter = delimiter;
            return this;
        }

        public Builder semantics(Semantics semantics) {
            this.semantics = semantics;
            return this;
        }

        public Builder shortest(int shortest) {
            this.shortest = shortest;
            return this;
        }

        public Builder filterDuplicates(boolean filterDuplicates) {
            this.filterDuplicates = filterDuplicates;
            return this;
        }

        public Builder sortCompleted(boolean sortCompleted) {
            this.sortCompleted = sortCompleted;
            return this;
        }

        public Builder stopAt(@Nullable Double stopAt) {
            this.stopAt = stopAt;
            return this;
        }

        public Builder plan(AutoPlan plan) {
            this.plan = plan;
            return this;
        }

        public Builder params(MethodParams params) {
            this.params = params;
            return this;
        }

        /** @throws UsageException if a value is out of its range */
        public SearchConfig build() {
            return new SearchConfig(
                    n,
                    beamWidth,
                    maxIterations,
                    lookahead,
                    aggregation,
                    selection,
                    sampling,
                    maxTokens,
                    stepTokens,
                    seed,
                    delimiter,
                    semantics,
                    shortest,
                    filterDuplicates,
                    sortCompleted,
                    stopAt,
                    plan,
                    params);
        }
    }
}
