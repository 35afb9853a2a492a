package org.espalier.server;

import java.util.List;
import org.espalier.model.Budget;
import org.espalier.model.Problem;
import org.espalier.prompt.PromptOptions;
import org.espalier.search.SearchConfig;
import org.espalier.search.SearchMethod;

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
     * @param prompt what the policy is told beside the conversation
     * @param choices completions that the answer lists, at most
     */
    record Search(
            Problem problem,
            PromptOptions prompt,
            SearchMethod method,
            SearchConfig config,
            Budget budget,
            int choices) {}
}
