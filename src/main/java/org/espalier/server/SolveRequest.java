package org.espalier.server;

import java.util.List;
import org.espalier.model.Budget;
import org.espalier.model.Problem;
import org.espalier.search.SearchConfig;
import org.espalier.search.SearchMethod;
import org.jspecify.annotations.Nullable;

/**
 * What a client asks for, checked.
 *
 * @param model as the client calls it
 * @param search what is searched for
 * @param stops texts before which a listed completion is cut
 * @param stream whether the answer comes in pieces
 * @param includeUsage whether a stream says what was spent
 * @param events whether a stream tells how the search goes
 * @param drafts whether it also tells what steps say before they are complete
 * @param kept whether the history keeps it
 */
record SolveRequest(
        String model,
        Search search,
        List<String> stops,
        boolean stream,
        boolean includeUsage,
        boolean events,
        boolean drafts,
        boolean kept) {

    /**
     * A search.
     *
     * @param instruction of the policy; null for its own
     * @param choices completions that the answer lists, at most
     */
    record Search(
            Problem problem,
            @Nullable String instruction,
            SearchMethod method,
            SearchConfig config,
            Budget budget,
            int choices) {}
}
