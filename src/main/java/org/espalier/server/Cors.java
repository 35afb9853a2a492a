package org.espalier.server;

import com.sun.net.httpserver.HttpExchange;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;

/**
 * Lets scripts of pages from elsewhere use the server, where its operator has named their origin (CORS). A browser keeps answers
 * from all others; it asks first, by OPTIONS, before it sends anything that this server would act on.
 */
final class Cors {
    static final String ANY = "*";

    private static final String KEPT_SECONDS = "600";

    private final Set<String> origins;

    /** @param origins in lower case; {@link #ANY} among them allows all */
    Cors(Set<String> origins) {
        this.origins = Set.copyOf(origins);
    }

    /** Whether the browser may show the answer to the page that asks. */
    private boolean allows(String origin) {
        return origins.contains(ANY) || origins.contains(origin.toLowerCase(Locale.ROOT));
    }

    /** Says to whom the answer may be shown. */
    void allow(HttpExchange exchange, Reply reply) {
        String origin = exchange.getRequestHeaders().getFirst("Origin");
        if (!origins.isEmpty()) {
            reply.header("Vary", "Origin");
        }
        if (origin != null && allows(origin)) {
            reply.header("Access-Control-Allow-Origin", origin)
                    .header("Access-Control-Expose-Headers", "Retry-After, WWW-Authenticate");
        }
    }

    /**
     * Says to a browser that asks beforehand what may be sent.
     *
     * @param methods that are allowed at the path
     * @throws ApiException if the page is none of the operator's
     */
    void answer(HttpExchange exchange, String methods, Reply reply) {
        String origin = exchange.getRequestHeaders().getFirst("Origin");
        reply.header("Allow", methods);
        if (origin == null) {
            return;
        }
        if (!allows(origin)) {
            throw ApiException.refused(
                    403, null, "pages of this origin may not use the server: its operator can allow it");
        }
        String headers = exchange.getRequestHeaders().getFirst("Access-Control-Request-Headers");
        reply.header("Access-Control-Allow-Methods", methods)
                .header(
                        "Access-Control-Allow-Headers",
                        Objects.requireNonNullElse(headers, "Authorization, Content-Type"))
                .header("Access-Control-Max-Age", KEPT_SECONDS);
        if (exchange.getRequestHeaders().containsKey("Access-Control-Request-Private-Network")) {
            reply.header("Access-Control-Allow-Private-Network", "true");
        }
    }
}
