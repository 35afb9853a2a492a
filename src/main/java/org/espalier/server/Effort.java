package org.espalier.server;

import java.util.Locale;
import org.espalier.search.SearchMethod;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

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
        JsonNode effort = body.get("reasoning_effort");
        if (effort != null) {
            return of(effort, body, "reasoning_effort");
        }
        JsonNode nested = body.get("reasoning");
        if (nested == null || !nested.isObject()) {
            return null;
        }
        JsonFields reasoning = body.object("reasoning");
        JsonNode inner = reasoning == null ? null : reasoning.get("effort");
        return inner == null || reasoning == null ? null : of(inner, reasoning, "effort");
    }

    private static Effort of(JsonNode given, JsonFields fields, String name) {
        for (Effort effort : values()) {
            if (given.isString() && given.asString().equals(effort.name().toLowerCase(Locale.ROOT))) {
                return effort;
            }
        }
        throw fields.wrong(name, "none, minimal, low, medium, high or xhigh");
    }
}
