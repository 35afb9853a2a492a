package org.espalier.server;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.espalier.structure.ToolForm.Call;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.util.RawValue;

/** Answers as Anthropic's {@code /v1/messages} does. */
final class MessagesFormat implements AnswerFormat {
    private static final String THINKING = "thinking";
    private static final String TEXT = "text";

    private final String model;
    private final String id = AnswerIds.next("msg_");
    /** The block that is being written, by its type; null for none. */
    private @Nullable String open;

    private int blocks;

    /** @param model as the client calls it */
    MessagesFormat(String model) {
        this.model = model;
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public ObjectNode whole(Finished answer) {
        Choice choice = answer.choices().get(0);
        ObjectNode message = message();
        ArrayNode content = (ArrayNode) message.path("content");
        if (choice.speaks()) {
            content.add(block(TEXT, choice.text()));
        }
        for (Call call : choice.calls()) {
            content.add(block(call).putRawValue("input", new RawValue(call.arguments())));
        }
        putEnd(message, choice);
        message.set("usage", usage(answer));
        message.set("espalier", answer.report());
        return message;
    }

    private ObjectNode message() {
        ObjectNode message = Json.MAPPER
                .createObjectNode()
                .put("id", id)
                .put("type", "message")
                .put("role", "assistant")
                .put("model", model);
        message.putArray("content");
        return message.putNull("stop_reason").putNull("stop_sequence");
    }

    private static void putEnd(ObjectNode object, Choice choice) {
        object.put("stop_reason", reason(choice)).put("stop_sequence", choice.stop());
    }

    private static String reason(Choice choice) {
        if (choice.stop() != null) {
            return "stop_sequence";
        }
        return !choice.finished() ? "max_tokens" : choice.calls().isEmpty() ? "end_turn" : "tool_use";
    }

    private static ObjectNode usage(Finished answer) {
        long cached = answer.cachedTokens();
        return usage(
                answer.usage().promptTokens() - cached, cached, answer.usage().policyTokens());
    }

    /** @param input beside what was cached */
    private static ObjectNode usage(long input, long cached, long output) {
        return Json.MAPPER
                .createObjectNode()
                .put("input_tokens", input)
                .put("cache_creation_input_tokens", 0)
                .put("cache_read_input_tokens", cached)
                .put("output_tokens", output);
    }

    private static ObjectNode block(String type, String text) {
        ObjectNode block = Json.MAPPER.createObjectNode().put("type", type).put(type, text);
        return type.equals(THINKING) ? block.put("signature", "") : block;
    }

    private static ObjectNode block(Call call) {
        return Json.MAPPER
                .createObjectNode()
                .put("type", "tool_use")
                .put("id", AnswerIds.next("toolu_"))
                .put("name", call.name());
    }

    @Override
    public List<StreamPiece> begin() {
        ObjectNode message = message();
        message.set("usage", usage(0, 0, 0));
        ObjectNode data = data("message_start");
        data.set("message", message);
        return List.of(piece(data));
    }

    @Override
    public List<StreamPiece> think(String text) {
        return TEXT.equals(open) ? List.of() : grow(THINKING, text);
    }

    @Override
    public List<StreamPiece> write(int choice, String text, @Nullable ReplyTokens tokens) {
        return choice > 0 ? List.of() : grow(TEXT, text);
    }

    /** A block goes on; the one before it ends where it is of another type. */
    private List<StreamPiece> grow(String type, String text) {
        List<StreamPiece> pieces = new ArrayList<>();
        if (!type.equals(open)) {
            pieces.addAll(shut());
            pieces.add(start(block(type, "")));
            open = type;
        }
        if (!text.isEmpty()) {
            pieces.add(delta(type + "_delta", type, text));
        }
        return pieces;
    }

    private StreamPiece start(ObjectNode block) {
        ObjectNode start = data("content_block_start").put("index", blocks);
        start.set("content_block", block);
        return piece(start);
    }

    private StreamPiece delta(String type, String name, String text) {
        ObjectNode delta = data("content_block_delta").put("index", blocks);
        delta.putObject("delta").put("type", type).put(name, text);
        return piece(delta);
    }

    private StreamPiece stop() {
        return piece(data("content_block_stop").put("index", blocks++));
    }

    private List<StreamPiece> shut() {
        if (open == null) {
            return List.of();
        }
        List<StreamPiece> pieces = new ArrayList<>();
        if (open.equals(THINKING)) {
            pieces.add(delta("signature_delta", "signature", id));
        }
        pieces.add(stop());
        open = null;
        return pieces;
    }

    @Override
    public List<StreamPiece> end(Finished answer) {
        Choice choice = answer.choices().get(0);
        List<StreamPiece> pieces = new ArrayList<>(choice.speaks() ? grow(TEXT, "") : List.of());
        pieces.addAll(shut());
        for (Call call : choice.calls()) {
            ObjectNode begun = block(call);
            begun.putObject("input");
            pieces.add(start(begun));
            pieces.add(delta("input_json_delta", "partial_json", call.arguments()));
            pieces.add(stop());
        }
        ObjectNode delta = data("message_delta");
        putEnd(delta.putObject("delta"), choice);
        delta.set("usage", usage(answer));
        pieces.add(piece(delta));
        ObjectNode stop = data("message_stop");
        stop.set("espalier", answer.report());
        pieces.add(piece(stop));
        return pieces;
    }

    @Override
    public Optional<StreamPiece> ping() {
        return Optional.of(piece(data("ping")));
    }

    @Override
    public ObjectNode failed(ApiException failure) {
        return ErrorShape.ANTHROPIC.of(failure);
    }

    @Override
    public StreamPiece failure(ApiException failure) {
        return piece(failed(failure));
    }

    private static ObjectNode data(String type) {
        return Json.MAPPER.createObjectNode().put("type", type);
    }

    private static StreamPiece piece(ObjectNode data) {
        return new StreamPiece(data.path("type").asString(), data);
    }
}
