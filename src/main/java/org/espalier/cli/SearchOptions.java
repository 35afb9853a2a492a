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
            defaultValue = "dvts",
            description =
                    "greedy, majority, best-of-n, beam, dvts, rebase, dora, speculative-rejection, particle, mcts, refine"
                            + " or revise (default: ${DEFAULT-VALUE}).")
    private String method = "dvts";

    @Option(
            names = "-n",
            defaultValue = "16",
            description = "Completions to search for: more compute, better answers (default: ${DEFAULT-VALUE}).")
    private int n;

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
        return method() == SearchMethod.GREEDY ? 1 : n;
    }

    Selection selection() {
        return selection == null ? method().usualSelection() : selection;
    }

    /** Null if the caller leaves it to the method. */
    @Nullable
    Selection namedSelection() {
        return selection;
    }
}
