package org.espalier.cli;

import org.espalier.search.SearchMethod;
import org.espalier.search.Selection;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options that say which search is made. */
final class SearchOptions {
    @Option(
            names = {"-m", "--method"},
            paramLabel = "METHOD",
            defaultValue = "auto",
            completionCandidates = MethodNames.class,
            description = {
                "auto (the default), greedy, majority, beam and others: 'espalier help methods' explains them."
            })
    private String method = "auto";

    @Option(names = "-n", paramLabel = "N", description = "Completions to search for (default: 16, auto 64).")
    private @Nullable Integer n;

    @Advanced
    @Option(
            names = "--selection",
            paramLabel = "HOW",
            description = "The answer from the completions: naive (best score), weighted or majority"
                    + " (default: weighted; majority where nothing is scored).")
    private @Nullable Selection selection;

    SearchMethod method() {
        return SearchMethod.parse(method);
    }

    int n() {
        return n == null || method() == SearchMethod.GREEDY ? method().usualN() : n;
    }

    /** Whether the user says how many. */
    boolean isNamed() {
        return n != null;
    }

    /** Null if the caller leaves it to the method and its PRM. */
    @Nullable
    Selection namedSelection() {
        return selection;
    }
}
