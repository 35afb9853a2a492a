package org.espalier.cli;

import java.nio.file.Path;
import org.espalier.model.Budget;
import org.espalier.runtime.RuntimeOptions;
import org.espalier.search.SearchConfig;
import org.espalier.search.SearchMethod;
import org.espalier.search.SearchRules;
import org.jspecify.annotations.Nullable;

/**
 * How a conversation's questions are answered.
 *
 * @param n completions of a search
 * @param config of the search, but for n
 * @param budget of each question
 * @param plan of auto; null if none is named
 */
record ChatSettings(
        RuntimeOptions models,
        SearchMethod method,
        int n,
        SearchConfig config,
        Budget budget,
        @Nullable Path plan) {
    /** The same with another method and its usual n, or one completion if it has no more. */
    ChatSettings with(SearchMethod other) {
        int size = other == SearchMethod.GREEDY || method == SearchMethod.GREEDY ? other.usualN() : n;
        return new ChatSettings(models, other, size, config, budget, plan);
    }

    ChatSettings withN(int size) {
        return new ChatSettings(models, method, size, config, budget, plan);
    }

    ChatSettings with(RuntimeOptions other) {
        return new ChatSettings(other, method, n, config, budget, plan);
    }

    /** @throws org.espalier.model.UsageException if the method cannot be had so */
    SearchConfig search() {
        SearchConfig sized = config.toBuilder()
                .n(n)
                .beamWidth(SearchRules.beamWidth(method, n, config.beamWidth()))
                .build();
        sized.validateFor(method);
        return sized;
    }
}
