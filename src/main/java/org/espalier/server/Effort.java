package org.espalier.server;

import org.espalier.search.SearchMethod;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** How hard the policy is to try, in OpenAI's words: which search that is, where nothing else names one. */
enum Effort {
    NONE(SearchMethod.GREEDY, 1),
    MINIMAL(SearchMethod.GREEDY, 1),
    LOW(SearchMethod.AUTO, 8),
    MEDIUM(SearchMethod.AUTO, 16),
    HIGH(SearchMethod.AUTO, 64),
    XHIGH(SearchMethod.AUTO, 64);

    private final SearchMethod method;
    private final int n;

    Effort(SearchMethod method, int n) {
        this.method = method;
        this.n = n;
    }

    SearchMethod method() {
        return method;
    }

    /** Completions at most, where the server allows so many. */
    int n() {
        return n;
    }

    /**
     * Reads {@code reasoning_effort}, or {@code reasoning.effort}.
     *
     * @return null if neither is there
     * @throws ApiException if it is none of them
     */
    static @Nullable Effort read(JsonFields body) {
        Effort effort = body.choice("reasoning_effort", Effort.class);
        if (effort != null || !(body.get("reasoning") instanceof ObjectNode reasoning)) {
            return effort;
        }
        return new JsonFields(body.path("reasoning") + ".", reasoning).choice("effort", Effort.class);
    }
}
