package org.espalier.server;

import java.util.List;
import org.espalier.search.Usage;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a request is answered with in the end, whatever the protocol.
 *
 * @param choices the best first; one at least
 * @param usage of the search
 * @param cachedTokens of the prompt that were computed already
 * @param report the answer's {@code espalier} object
 * @param tokens of each choice's text; null where they are not told
 */
record Finished(
        List<Choice> choices,
        Usage usage,
        long cachedTokens,
        ObjectNode report,
        @Nullable List<ReplyTokens> tokens) {
    /** The tokens of a choice's text; null where they are not told. */
    @Nullable
    ReplyTokens tokens(int choice) {
        return tokens == null ? null : tokens.get(choice);
    }
}
