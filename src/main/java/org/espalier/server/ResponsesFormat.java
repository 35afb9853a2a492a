package org.espalier.server;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.espalier.search.Usage;
import org.espalier.structure.ToolForm.Call;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Answers as OpenAI's {@code /v1/responses} does. */
final class ResponsesFormat implements AnswerFormat {
    /** What an answer repeats of its request. */
    private static final List<String> REPEATED = List.of(
            "instructions",
            "max_output_tokens",
            "previous_response_id",
            "temperature",
            "tool_choice",
            "tools",
            "top_p",
            "metadata",
            "reasoning",
            "text",
            "user");

    private final ObjectNode request;
    private final String model;
    private final Consumer<ObjectNode> done;
    private final String id = AnswerIds.next("resp_");
    private final String messageId = AnswerIds.next("msg_");
    private final String thoughtId = AnswerIds.next("rs_");
    private final long created = System.currentTimeMillis() / 1000;
    private final StringBuilder thought = new StringBuilder();
    private final StringBuilder text = new StringBuilder();
    private ArrayNode logprobs = Json.MAPPER.createArrayNode();
    private boolean speaking;
    private int sequence;

    /**
     * @param request as it came
     * @param model as the client calls it
     * @param done receives the whole response when it is there
     */
    ResponsesFormat(ObjectNode request, String model, Consumer<ObjectNode> done) {
        this.request = request;
        this.model = model;
        this.done = done;
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public ObjectNode whole(Finished answer) {
        text.setLength(0);
        text.append(answer.choices().get(0).text());
        ObjectNode response = completed(answer);
        done.accept(response);
        return response;
    }

    private ObjectNode completed(Finished answer) {
        Choice choice = answer.choices().get(0);
        logprobs = told(answer.tokens(0));
        boolean finished = choice.finished();
        ObjectNode response = response(finished ? "completed" : "incomplete");
        if (!finished) {
            response.putObject("incomplete_details").put("reason", "max_output_tokens");
        }
        ArrayNode output = response.putArray("output");
        if (thought.length() > 0) {
            output.add(thoughtItem("completed"));
        }
        if (choice.speaks()) {
            output.add(messageItem(finished ? "completed" : "incomplete"));
        }
        choice.calls().forEach(call -> output.add(callItem(call)));
        putUsage(response, answer);
        response.set("espalier", answer.report());
        return response;
    }

    private static ArrayNode told(@Nullable ReplyTokens tokens) {
        return tokens == null ? Json.MAPPER.createArrayNode() : tokens.content();
    }

    private static void putUsage(ObjectNode response, Finished answer) {
        Usage usage = answer.usage();
        ObjectNode spent = response.putObject("usage").put("input_tokens", usage.promptTokens());
        spent.putObject("input_tokens_details").put("cached_tokens", answer.cachedTokens());
        spent.put("output_tokens", usage.policyTokens());
        spent.putObject("output_tokens_details").put("reasoning_tokens", 0);
        spent.put("total_tokens", usage.promptTokens() + usage.policyTokens());
    }

    private ObjectNode response(String status) {
        ObjectNode response = Json.MAPPER
                .createObjectNode()
                .put("id", id)
                .put("object", "response")
                .put("created_at", created)
                .put("status", status)
                .putNull("error")
                .putNull("incomplete_details")
                .put("model", model);
        REPEATED.forEach(name -> response.set(name, request.get(name)));
        defaults(response);
        response.putArray("output");
        response.put("parallel_tool_calls", request.path("parallel_tool_calls").asBoolean(true));
        response.put("store", request.path("store").asBoolean(true));
        return response.put("truncation", "disabled").putNull("usage");
    }

    private static void defaults(ObjectNode response) {
        if (!response.hasNonNull("tools")) {
            response.putArray("tools");
        }
        if (!response.hasNonNull("tool_choice")) {
            response.put("tool_choice", "auto");
        }
        if (!response.hasNonNull("metadata")) {
            response.putObject("metadata");
        }
        if (!response.hasNonNull("text")) {
            response.putObject("text").putObject("format").put("type", "text");
        }
    }

    private ObjectNode messageItem(String status) {
        ObjectNode item = Json.MAPPER
                .createObjectNode()
                .put("type", "message")
                .put("id", messageId)
                .put("status", status)
                .put("role", "assistant");
        ArrayNode content = item.putArray("content");
        if (!status.equals("in_progress")) {
            content.add(part(text.toString(), logprobs));
        }
        return item;
    }

    private static ObjectNode part(String text, ArrayNode logprobs) {
        ObjectNode part =
                Json.MAPPER.createObjectNode().put("type", "output_text").put("text", text);
        part.putArray("annotations");
        part.set("logprobs", logprobs);
        return part;
    }

    private static ObjectNode callItem(Call call) {
        return Json.MAPPER
                .createObjectNode()
                .put("type", "function_call")
                .put("id", AnswerIds.next("fc_"))
                .put("call_id", AnswerIds.next("call_"))
                .put("name", call.name())
                .put("arguments", call.arguments())
                .put("status", "completed");
    }

    private ObjectNode thoughtItem(String status) {
        ObjectNode item =
                Json.MAPPER.createObjectNode().put("type", "reasoning").put("id", thoughtId);
        ArrayNode summary = item.putArray("summary");
        if (status.equals("completed")) {
            summary.add(summary(thought.toString()));
        }
        return item.put("status", status);
    }

    private static ObjectNode summary(String text) {
        return Json.MAPPER.createObjectNode().put("type", "summary_text").put("text", text);
    }

    @Override
    public List<StreamPiece> begin() {
        return List.of(
                event("response.created", "response", response("in_progress")),
                event("response.in_progress", "response", response("in_progress")));
    }

    @Override
    public List<StreamPiece> think(String words) {
        if (speaking) {
            return List.of();
        }
        List<StreamPiece> pieces = new ArrayList<>();
        if (thought.length() == 0) {
            pieces.add(item("response.output_item.added", 0, thoughtItem("in_progress")));
            pieces.add(inSummary("response.reasoning_summary_part.added", "part", summary("")));
        }
        thought.append(words);
        pieces.add(inSummary("response.reasoning_summary_text.delta", "delta", Json.MAPPER.valueToTree(words)));
        return pieces;
    }

    /** What ends the thoughts. */
    private List<StreamPiece> endThought() {
        List<StreamPiece> pieces = new ArrayList<>();
        if (!speaking && thought.length() > 0) {
            String words = thought.toString();
            pieces.add(inSummary("response.reasoning_summary_text.done", "text", Json.MAPPER.valueToTree(words)));
            pieces.add(inSummary("response.reasoning_summary_part.done", "part", summary(words)));
            pieces.add(item("response.output_item.done", 0, thoughtItem("completed")));
        }
        return pieces;
    }

    /** What opens the message, after what ends the thoughts. */
    private List<StreamPiece> speak() {
        List<StreamPiece> pieces = endThought();
        if (speaking) {
            return pieces;
        }
        speaking = true;
        pieces.add(item("response.output_item.added", place(), messageItem("in_progress")));
        pieces.add(inContent("response.content_part.added", "part", part("", Json.MAPPER.createArrayNode())));
        return pieces;
    }

    private int place() {
        return thought.length() > 0 ? 1 : 0;
    }

    @Override
    public List<StreamPiece> write(int choice, String words, @Nullable ReplyTokens tokens) {
        if (choice > 0) {
            return List.of();
        }
        List<StreamPiece> pieces = speak();
        text.append(words);
        StreamPiece piece = inContent("response.output_text.delta", "delta", Json.MAPPER.valueToTree(words));
        piece.data().set("logprobs", told(tokens));
        pieces.add(piece);
        return pieces;
    }

    @Override
    public List<StreamPiece> end(Finished answer) {
        ObjectNode response = completed(answer);
        String status = response.path("status").asString();
        List<StreamPiece> pieces = new ArrayList<>();
        if (answer.choices().get(0).speaks()) {
            pieces.addAll(speak());
            String words = text.toString();
            StreamPiece said = inContent("response.output_text.done", "text", Json.MAPPER.valueToTree(words));
            said.data().set("logprobs", logprobs);
            pieces.add(said);
            pieces.add(inContent("response.content_part.done", "part", part(words, logprobs)));
            pieces.add(item("response.output_item.done", place(), messageItem(status)));
        } else {
            pieces.addAll(endThought());
        }
        JsonNode output = response.path("output");
        for (int place = 0; place < output.size(); place++) {
            if (output.get(place) instanceof ObjectNode item
                    && item.path("type").asString().equals("function_call")) {
                pieces.addAll(call(place, item));
            }
        }
        pieces.add(event("response." + status, "response", response));
        done.accept(response);
        return pieces;
    }

    private List<StreamPiece> call(int place, ObjectNode item) {
        ObjectNode begun = item.deepCopy().put("status", "in_progress").put("arguments", "");
        return List.of(
                item("response.output_item.added", place, begun),
                inCall("response.function_call_arguments.delta", "delta", place, item),
                inCall("response.function_call_arguments.done", "arguments", place, item),
                item("response.output_item.done", place, item));
    }

    private StreamPiece inCall(String type, String name, int place, ObjectNode item) {
        StreamPiece piece = event(type, name, item.path("arguments"));
        piece.data().put("item_id", item.path("id").asString()).put("output_index", place);
        return piece;
    }

    @Override
    public StreamPiece failure(ApiException failure) {
        JsonNode error = failure.body().path("error");
        ObjectNode response = response("failed");
        response.putObject("error")
                .put("code", error.path("code").isString() ? error.path("code").asString() : "server_error")
                .put("message", failure.getMessage());
        return event("response.failed", "response", response);
    }

    private StreamPiece item(String type, int place, ObjectNode item) {
        StreamPiece piece = event(type, "item", item);
        piece.data().put("output_index", place);
        return piece;
    }

    private StreamPiece inSummary(String type, String name, JsonNode value) {
        StreamPiece piece = event(type, name, value);
        piece.data().put("item_id", thoughtId).put("output_index", 0).put("summary_index", 0);
        return piece;
    }

    private StreamPiece inContent(String type, String name, JsonNode value) {
        StreamPiece piece = event(type, name, value);
        piece.data().put("item_id", messageId).put("output_index", place()).put("content_index", 0);
        return piece;
    }

    private StreamPiece event(String type, String name, JsonNode value) {
        ObjectNode data = Json.MAPPER.createObjectNode().put("type", type).put("sequence_number", sequence++);
        data.set(name, value);
        return new StreamPiece(type, data);
    }
}
