package org.espalier.server;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Puts requests of Ollama's {@code /api/chat} and {@code /api/generate} into a chat's words. */
final class OllamaRequests {
    /** Options that a chat has under other names. */
    private static final Map<String, String> OPTIONS = Map.of("num_predict", "n_predict");

    /** What would make the prompt otherwise than from the text and the model's template. */
    private static final List<String> PROMPTS = List.of("template", "context");

    private OllamaRequests() {}

    /**
     * Translates {@code /api/chat}.
     *
     * @throws ApiException if a message cannot be
     */
    static Translation chat(ObjectNode body) {
        Translation words = new Translation(body);
        JsonNode given = words.take("messages");
        if (given == null || !given.isArray()) {
            throw Parts.wrong("messages", "an array of messages");
        }
        ArrayNode messages = words.messages("messages");
        for (int i = 0; i < given.size(); i++) {
            add(messages, given.get(i), "messages[" + i + "]");
        }
        options(words);
        return words;
    }

    /**
     * Translates {@code /api/generate}, whose prompt is the user's turn.
     *
     * @throws ApiException if a field cannot be
     */
    static Translation generate(ObjectNode body) {
        Translation words = new Translation(body);
        refuseImages(words.take("images"), "images");
        JsonNode tools = words.take("tools");
        if (tools != null && !tools.isEmpty()) {
            throw ApiException.unsupported("tools", "'tools' is not supported: tools are called in /api/chat alone");
        }
        ArrayNode messages = words.messages("prompt");
        JsonNode system = words.take("system");
        if (system != null) {
            messages.addObject().put("role", "system").put("content", Parts.text(system, "system"));
        }
        JsonNode prompt = words.take("prompt");
        messages.addObject().put("role", "user").put("content", prompt == null ? "" : Parts.text(prompt, "prompt"));
        for (String name : PROMPTS) {
            JsonNode value = words.take(name);
            boolean empty =
                    value == null || (value.isString() ? value.asString().isEmpty() : value.isEmpty());
            if (!empty) {
                throw ApiException.unsupported(
                        name,
                        "'" + name + "' is not supported: the prompt goes through the model's own template; give a"
                                + " conversation's turns to /api/chat");
            }
        }
        JsonNode raw = words.take("raw");
        if (raw != null && raw.asBoolean(false)) {
            throw ApiException.unsupported(
                    "raw", "'raw' is not supported: the prompt goes through the model's template");
        }
        options(words);
        return words;
    }

    private static void add(ArrayNode messages, JsonNode message, String where) {
        if (!(message instanceof ObjectNode object)) {
            throw Parts.wrong(where, "an object");
        }
        ObjectNode turn = object.deepCopy();
        refuseImages(turn.remove("images"), where + ".images");
        JsonNode name = turn.remove("tool_name");
        if (name != null) {
            turn.set("name", name);
        }
        messages.add(turn);
    }

    private static void refuseImages(@Nullable JsonNode images, String where) {
        if (images != null && !images.isNull() && !images.isEmpty()) {
            throw ApiException.unsupported(
                    where, "'" + where + "' is not supported: the models here read text alone; leave it out");
        }
    }

    private static void options(Translation words) {
        JsonNode options = words.take("options");
        if (options != null && !options.isObject()) {
            throw Parts.wrong("options", "an object");
        }
        if (options != null) {
            options.properties().forEach(option -> {
                String name = OPTIONS.getOrDefault(option.getKey(), option.getKey());
                // An option never takes the place of what stands beside them.
                if (!words.chat().has(name)) {
                    words.put(name, value(option.getKey(), option.getValue()), "options." + option.getKey());
                }
            });
        }
        JsonNode stream = words.take("stream");
        words.put("stream", stream == null ? Json.MAPPER.valueToTree(true) : stream, "stream");
        JsonNode format = words.take("format");
        if (format != null && !(format.isString() && format.asString().isEmpty())) {
            words.put("response_format", format(format), "format");
        }
        think(words);
    }

    /** To fill the context is to write as much as there may be. */
    private static JsonNode value(String option, JsonNode value) {
        boolean fills = option.equals("num_predict") && value.isInt() && value.asInt() == -2;
        return fills ? Json.MAPPER.valueToTree(-1) : value;
    }

    private static JsonNode format(JsonNode format) {
        if (format.isString()) {
            boolean json = format.asString().equals("json");
            return Json.MAPPER.createObjectNode().put("type", json ? "json_object" : format.asString());
        }
        return Translation.schema("format", format);
    }

    /** People read how the search goes where thinking is asked for. */
    private static void think(Translation words) {
        JsonNode think = words.take("think");
        if (think != null && think.isString()) {
            words.put("reasoning_effort", think, "think");
        }
        if (think != null && think.isBoolean() && !think.asBoolean()) {
            words.put("enable_thinking", think, "think");
        }
        words.showProgress(think != null && (think.isString() || think.asBoolean(false)));
    }
}
