package org.espalier.server;

import java.util.List;
import java.util.UUID;
import org.espalier.search.Usage;
import org.espalier.server.SearchService.Result;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** Makes the JSON objects that answer one request. */
final class ResponseBodies {
    private final ApiFormat format;
    private final String model;
    private final String id;
    private final long created = System.currentTimeMillis() / 1000;

    ResponseBodies(ApiFormat format, String model) {
        this.format = format;
        this.model = model;
        id = format.idPrefix() + UUID.randomUUID().toString().replace("-", "");
    }

    String id() {
        return id;
    }

    ObjectNode whole(Result result, List<Choice> choices, ObjectNode report) {
        ObjectNode answer = head(format.whole());
        for (int i = 0; i < choices.size(); i++) {
            ObjectNode choice = answer.withArray("choices").addObject().put("index", i);
            format.put(choice, choices.get(i).text());
            choice.putNull("logprobs").put("finish_reason", choices.get(i).finishReason());
        }
        putUsage(answer, result.solution().usage());
        answer.set("espalier", report);
        return answer;
    }

    /** Opens a choice. */
    ObjectNode first(int index) {
        ObjectNode chunk = head(format.chunk());
        format.putFirst(choice(chunk, index, null));
        return chunk;
    }

    /** A piece of a choice's text. */
    ObjectNode piece(int index, String text) {
        ObjectNode chunk = head(format.chunk());
        format.putPiece(choice(chunk, index, null), text);
        return chunk;
    }

    /** Closes a choice. */
    ObjectNode last(int index, String finishReason) {
        ObjectNode chunk = head(format.chunk());
        format.putPiece(choice(chunk, index, finishReason), "");
        return chunk;
    }

    /** What was spent, after all choices. */
    ObjectNode usage(Usage usage) {
        ObjectNode chunk = head(format.chunk());
        chunk.putArray("choices");
        putUsage(chunk, usage);
        return chunk;
    }

    private ObjectNode head(String object) {
        return Json.MAPPER
                .createObjectNode()
                .put("id", id)
                .put("object", object)
                .put("created", created)
                .put("model", model);
    }

    private static ObjectNode choice(ObjectNode chunk, int index, @Nullable String finishReason) {
        return chunk.putArray("choices").addObject().put("index", index).put("finish_reason", finishReason);
    }

    /** All that the policy sampled was paid for, not only what is listed. */
    private static void putUsage(ObjectNode answer, Usage usage) {
        answer.putObject("usage")
                .put("prompt_tokens", usage.promptTokens())
                .put("completion_tokens", usage.policyTokens())
                .put("total_tokens", usage.promptTokens() + usage.policyTokens());
    }
}
