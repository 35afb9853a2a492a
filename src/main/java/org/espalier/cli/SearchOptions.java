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
            description = {
                "auto spends what the problem needs: a greedy answer first, and more until more would not change it.",
                "The others spend what they are told: greedy, majority, short-m, best-of-n, beam, dvts, rebase, dora,",
                "speculative-rejection, particle, mcts, refine or revise (default: ${DEFAULT-VALUE})."
            })
    private String method = "auto";

    @Option(
            names = "-n",
            description =
                    "Completions to search for: more compute, better answers (default: 16; at most 64 with auto).")
    private @Nullable Integer n;

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

    /** Null if the caller leaves it to the method and its PRM. */
    @Nullable
    Selection namedSelection() {
        return selection;
    }
}
