package org.espalier.server;

import java.util.List;
import org.espalier.search.Usage;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a request is answered with in the end, whatever the protocol.
 *
 * @param choices the best first; one at least
 * @param usage of the search
 * @param cachedTokens of the prompt that were computed already
 * @param report the answer's {@code espalier} object
 */
record Finished(List<Choice> choices, Usage usage, long cachedTokens, ObjectNode report) {}
