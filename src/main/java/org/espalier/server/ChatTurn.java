package org.espalier.server;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.espalier.model.ChatMessage;
import org.espalier.model.ChatMessage.ToolCall;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Reads one of a chat's messages. Fields of it that change nothing here are not looked at. */
final class ChatTurn {
    private static final JsonMapper JSON = new JsonMapper();

    private ChatTurn() {}

    /**
     * @param place of the message, for errors
     * @throws ApiException if a field of it is wrong or missing
     */
    static ChatMessage read(String place, ObjectNode node) {
        JsonFields message = new JsonFields(place + ".", node);
        String role = Objects.requireNonNullElse(message.text("role"), "");
        switch (role) {
            case "system", "developer", "user", "assistant", "tool" -> {}
            // What tools were called at first.
            case "function" -> role = "tool";
            default -> throw message.wrong("role", "system, developer, user, assistant or tool");
        }
        boolean speaks = role.equals("assistant");
        return new ChatMessage(
                role,
                content(message),
                speaks ? thought(message) : null,
                speaks ? calls(message) : List.of(),
                role.equals("tool") ? message.text("tool_call_id") : null,
                message.text("name"));
    }

    /** What the assistant thought; where that is what a search told of itself, nothing. */
    private static @Nullable String thought(JsonFields message) {
        for (String name : List.of("reasoning_content", "reasoning", "thinking")) {
            JsonNode thought = message.get(name);
            if (thought != null && thought.isString()) {
                return SearchProgress.wrote(thought.asString()) ? null : thought.asString();
            }
        }
        return null;
    }

    /** There may be none, as beside calls of tools. */
    private static String content(JsonFields message) {
        JsonNode content = message.get("content");
        if (content == null) {
            return "";
        }
        return Parts.text(content, message.path("content"));
    }

    private static List<ToolCall> calls(JsonFields message) {
        JsonNode calls = message.get("tool_calls");
        if (calls == null) {
            return List.of();
        }
        List<ToolCall> read = new ArrayList<>();
        for (JsonNode call : calls) {
            JsonNode function = call.path("function");
            if (!function.path("name").isString()) {
                throw message.wrong(
                        "tool_calls", "an array of calls {\"type\": \"function\", \"function\": {\"name\": …}}");
            }
            String id = call.path("id").isString() ? call.path("id").asString() : null;
            read.add(new ToolCall(id, function.path("name").asString(), arguments(function.get("arguments"))));
        }
        return read;
    }

    /** OpenAI's clients write arguments as JSON's text; templates are told what it says, or the text where it is not JSON. */
    private static @Nullable Object arguments(@Nullable JsonNode arguments) {
        if (arguments == null) {
            return null;
        }
        if (!arguments.isString()) {
            return JSON.convertValue(arguments, Object.class);
        }
        String text = arguments.asString();
        try {
            JsonNode said = JSON.readTree(text);
            return said.isObject() ? JSON.convertValue(said, Object.class) : text;
        } catch (JacksonException e) {
            return text;
        }
    }
}
