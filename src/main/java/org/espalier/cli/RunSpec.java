package org.espalier.cli;

import java.nio.file.Path;
import java.util.List;
import org.espalier.eval.Dataset;
import org.espalier.model.Budget;
import org.espalier.runtime.RuntimeOptions;
import org.espalier.runtime.Task;
import org.espalier.search.SearchConfig;
import org.espalier.search.SearchMethod;
import org.jspecify.annotations.Nullable;

/**
 * What a run over a data set was asked to do.
 *
 * @param methods each once
 * @param sizes n of the searches, each once and the smallest first
 * @param seeds each once; the search's own seed is the first
 * @param task that they are of
 * @param plan of auto; null if none is named
 * @param each budget of a problem
 * @param whole budget of all problems of a method and n together
 */
record RunSpec(
        Dataset dataset,
        List<SearchMethod> methods,
        List<Integer> sizes,
        SearchConfig config,
        List<Long> seeds,
        RuntimeOptions models,
        Task task,
        @Nullable Path plan,
        Budget each,
        Budget whole) {
    /**
     * A run whose problems are of a kind of their own, and so are no {@link Dataset}: the caller enters into the record how many
     * they are, and their digest.
     *
     * @param name of the data set
     */
    static RunSpec ofOthers(
            String name,
            SearchMethod method,
            List<Integer> sizes,
            SearchConfig config,
            RuntimeOptions models,
            Budget each) {
        return new RunSpec(
                new Dataset(name, List.of(), List.of()),
                List.of(method),
                sizes.stream().distinct().sorted().toList(),
                config,
                List.of(config.seed()),
                models,
                Task.USUAL,
                null,
                each,
                Budget.UNLIMITED);
    }
}
