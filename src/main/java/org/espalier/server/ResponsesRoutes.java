package org.espalier.server;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.StreamSupport;
import org.espalier.server.Responses.Kept;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** OpenAI's {@code /v1/responses}. */
final class ResponsesRoutes {
    static final String PATH = "/v1/responses";

    private static final String INPUT = "/input_items";
    private static final long MOST_CHARACTERS = 64L << 20;

    private final SolveRoutes solving;
    private final Responses kept = new Responses(MOST_CHARACTERS);

    ResponsesRoutes(SolveRoutes solving) {
        this.solving = solving;
    }

    void create(HttpExchange exchange, String path, Reply reply) throws IOException {
        ObjectNode body = Json.object(Body.read(exchange));
        JsonFields fields = new JsonFields("", body);
        String previous = fields.text("previous_response_id");
        Kept before = previous == null ? null : kept.find(previous).orElseThrow(ResponsesRoutes::noneBefore);
        List<JsonNode> earlier = before == null ? List.of() : before.turns();
        List<ObjectNode> items = before == null ? new ArrayList<>() : before.conversation();
        boolean store = !Boolean.FALSE.equals(fields.flag("store"));
        Translation words = ResponsesRequests.translate(body, earlier);
        SolveRequest request = solving.read(words);
        items.addAll(InputItems.of(body.path("input")));
        // Instructions are of one response alone.
        List<JsonNode> turns = StreamSupport.stream(
                        words.chat().path("messages").spliterator(), false)
                .skip(body.hasNonNull("instructions") ? 1 : 0)
                .toList();
        AnswerFormat format = new ResponsesFormat(body, request.model(), response -> {
            if (store) {
                kept.keep(response, turns, items);
            }
        });
        solving.solve(request, body, format, exchange, reply);
    }

    /** Answers with a response, or with what it was asked. */
    void read(HttpExchange exchange, String path, Reply reply) throws IOException {
        String id = id(path);
        if (!id.endsWith(INPUT)) {
            reply.json(200, kept.find(id).orElseThrow(ResponsesRoutes::none).response());
            return;
        }
        Kept asked = kept.find(id.substring(0, id.length() - INPUT.length())).orElseThrow(ResponsesRoutes::none);
        Query query = Query.of(exchange.getRequestURI(), Set.of("after", "limit", "order"), Set.of("include"));
        reply.json(200, InputItems.page(asked.items(), query));
    }

    void delete(HttpExchange exchange, String path, Reply reply) throws IOException {
        if (!kept.forget(id(path))) {
            throw none();
        }
        reply.json(
                200,
                Json.MAPPER
                        .createObjectNode()
                        .put("id", id(path))
                        .put("object", "response")
                        .put("deleted", true));
    }

    private static String id(String path) {
        return path.substring(PATH.length() + 1);
    }

    private static ApiException noneBefore() {
        return new ApiException(
                404,
                "invalid_request_error",
                "previous_response_id",
                "previous_response_not_found",
                "'previous_response_id' names no response that is kept: give the turns in 'input'");
    }

    private static ApiException none() {
        return ApiException.refused(404, null, "no response of this id is kept");
    }
}
