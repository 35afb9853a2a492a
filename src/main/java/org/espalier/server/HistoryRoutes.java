package org.espalier.server;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.espalier.model.Excerpt;
import org.espalier.server.HistoryStore.Summary;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** Answers what is asked about past runs. */
final class HistoryRoutes {
    static final String PATH = "/v1/history";

    private static final int MOST_LISTED = 500;
    private static final int USUALLY_LISTED = 100;
    private static final int LONGEST_QUERY = 500;
    private static final int SHOWN = 300;

    private final @Nullable HistoryStore history;

    /** @param history null if none is kept */
    HistoryRoutes(@Nullable HistoryStore history) {
        this.history = history;
    }

    /** Lists runs: those that have all words of {@code q}, and {@code limit} of them at most. */
    void list(HttpExchange exchange, String path, Reply reply) throws IOException {
        Query query = Query.of(exchange.getRequestURI(), Set.of("q", "limit"), Set.of());
        String words = Objects.requireNonNullElse(query.get("q"), "");
        if (words.length() > LONGEST_QUERY) {
            throw ApiException.invalid("q", "'q' must have " + LONGEST_QUERY + " characters at most");
        }
        int limit = query.limit(USUALLY_LISTED, MOST_LISTED);
        ObjectNode list = Json.MAPPER.createObjectNode().put("object", "list").put("enabled", history != null);
        List<Summary> found = history == null ? List.of() : history.find(words, limit);
        list.putArray("data")
                .addAll(found.stream()
                        .map(run -> Json.MAPPER
                                .<ObjectNode>valueToTree(run)
                                .put("problem", shown(run.problem()))
                                .put("reply", shown(run.reply())))
                        .toList());
        reply.json(200, list);
    }

    private static String shown(String text) {
        return Excerpt.of(text, SHOWN);
    }

    /** Answers with a run: its id, request, text, report and events. */
    void read(HttpExchange exchange, String path, Reply reply) throws IOException {
        String id = id(path);
        ObjectNode run = Optional.ofNullable(history)
                .flatMap(runs -> runs.read(id))
                .filter(ObjectNode.class::isInstance)
                .map(ObjectNode.class::cast)
                .orElseThrow(HistoryRoutes::none);
        reply.json(200, run.put("id", id));
    }

    /** Lets go of a run. */
    void delete(HttpExchange exchange, String path, Reply reply) throws IOException {
        String id = id(path);
        if (history == null || !history.delete(id)) {
            throw none();
        }
        reply.json(200, Json.MAPPER.createObjectNode().put("id", id).put("deleted", true));
    }

    /** Lets go of all runs. */
    void clear(HttpExchange exchange, String path, Reply reply) throws IOException {
        reply.json(200, Json.MAPPER.createObjectNode().put("deleted", history == null ? 0 : history.clear()));
    }

    private static String id(String path) {
        return path.substring(PATH.length() + 1);
    }

    private static ApiException none() {
        return ApiException.refused(404, "no_such_run", "the history has no run with this id");
    }
}
