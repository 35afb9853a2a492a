package org.espalier.bench;

import java.nio.file.Path;
import java.util.List;
import org.espalier.eval.Dataset;
import org.espalier.eval.DatasetColumns;
import org.espalier.eval.DatasetItem;
import org.espalier.model.UsageException;
import org.espalier.search.SearchConfig;
import org.espalier.search.SearchMethod;

/**
 * What is searched, and how; the same for everyone.
 *
 * @param maxTokens of a completion
 * @param threads that compute
 */
record SearchSetting(
        String dataset,
        int problems,
        String policy,
        String prm,
        SearchMethod method,
        int n,
        int maxTokens,
        long seed,
        int threads) {
    /** Branches in flight that fill a batch: {@code cli.Workload} has the same. */
    private static final int BRANCHES = 64;
    /** What {@code espalier eval} cuts a step of a tree search at. */
    private static final int STEP_TOKENS = 256;

    List<DatasetItem> items() {
        return Dataset.load(dataset, DatasetColumns.GUESSED, Dataset.BrokenLines.REFUSED, SearchSetting::noDriver)
                .limitedTo(problems)
                .items();
    }

    private static Path noDriver() {
        throw new UsageException("the benchmarks read no Parquet");
    }

    SearchConfig config() {
        return SearchConfig.builder()
                .n(n)
                .maxTokens(maxTokens)
                .stepTokens(STEP_TOKENS)
                .seed(seed)
                .build();
    }

    /** Problems at a time. */
    int inFlight() {
        return Math.max(1, Math.min(problems, BRANCHES / n));
    }
}
