package org.espalier.server;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What is at a path, by the methods that are allowed there; with GET also HEAD, whose answer has no body. */
final class Route {
    /** Who may ask for something. */
    enum Access {
        /** Everybody. */
        OPEN,
        /** Whoever calls the server by its name: it holds no secret, and asks for the key where there is one. */
        HOST,
        /** Who has the key as well, if there is one. */
        KEY,
        /** Who has the key, or is at this machine if there is none: it is about the user's own things. */
        OWNER
    }

    /** What answers a request. */
    @FunctionalInterface
    interface Handler {
        void answer(HttpExchange exchange, String path, Reply reply) throws IOException;
    }

    private final String label;
    private final Access access;
    private final ErrorShape errors;
    private final Map<String, Handler> handlers = new LinkedHashMap<>();

    /** @param label by which it is counted */
    Route(String label, Access access) {
        this(label, access, ErrorShape.OPENAI);
    }

    /** @param errors how refusals are written */
    Route(String label, Access access, ErrorShape errors) {
        this.label = label;
        this.access = access;
        this.errors = errors;
    }

    /** Answers a method's requests. */
    Route on(String method, Handler handler) {
        handlers.put(method, handler);
        return this;
    }

    String label() {
        return label;
    }

    ErrorShape errors() {
        return errors;
    }

    Access access() {
        return access;
    }

    /** Null if the method is not allowed. */
    @Nullable
    Handler handler(String method) {
        return handlers.get(method.equals("HEAD") ? "GET" : method);
    }

    /** The methods that are allowed, as HTTP's Allow. */
    String allowed() {
        Set<String> methods = new TreeSet<>(handlers.keySet());
        if (methods.contains("GET")) {
            methods.add("HEAD");
        }
        return String.join(", ", methods);
    }
}
