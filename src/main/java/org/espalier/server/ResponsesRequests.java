package org.espalier.server;

import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Puts requests of OpenAI's {@code /v1/responses} into a chat's words. */
final class ResponsesRequests {
    /** What the client would have to have somebody else do. */
    private static final List<String> ELSEWHERE = List.of("background", "conversation", "prompt");

    private ResponsesRequests() {}

    /**
     * Translates a request.
     *
     * @param earlier the turns of the response that this one follows; empty if it follows none
     * @throws ApiException if an item cannot be
     */
    static Translation translate(ObjectNode body, List<JsonNode> earlier) {
        Translation words = new Translation(body);
        for (String name : ELSEWHERE) {
            JsonNode value = words.take(name);
            if (value != null && !(value.isBoolean() && !value.asBoolean())) {
                throw ApiException.unsupported(name, "'" + name + "' is not supported: give all in 'input'");
            }
        }
        words.take("previous_response_id");
        words.take("store");
        ArrayNode messages = words.messages("input");
        JsonNode instructions = words.take("instructions");
        if (instructions != null) {
            messages.addObject().put("role", "system").put("content", Parts.text(instructions, "instructions"));
        }
        earlier.forEach(messages::add);
        JsonNode input = words.take("input");
        if (input == null || !(input.isString() || input.isArray())) {
            throw Parts.wrong("input", "a string or an array of items");
        }
        if (input.isString()) {
            messages.addObject().put("role", "user").set("content", input);
        } else {
            for (int i = 0; i < input.size(); i++) {
                add(messages, input.get(i), "input[" + i + "]");
            }
        }
        words.move("max_output_tokens", "max_completion_tokens");
        tools(words);
        text(words);
        reasoning(words);
        return words;
    }

    private static void add(ArrayNode messages, JsonNode item, String where) {
        if (!item.isObject()) {
            throw Parts.wrong(where, "an object");
        }
        switch (item.path("type").asString("message")) {
            case "message" -> {
                ObjectNode message = messages.addObject();
                message.set("role", item.path("role"));
                message.put("content", Parts.text(item.path("content"), where + ".content"));
            }
            case "function_call" -> {
                ObjectNode call = calling(messages).withArray("tool_calls").addObject();
                call.set("id", item.path("call_id"));
                ObjectNode function = call.put("type", "function").putObject("function");
                function.set("name", item.path("name"));
                function.set("arguments", item.path("arguments"));
            }
            case "function_call_output" -> {
                ObjectNode result = messages.addObject().put("role", "tool");
                result.set("tool_call_id", item.path("call_id"));
                result.put("content", Parts.text(item.path("output"), where + ".output"));
            }
            // What a search told of itself.
            case "reasoning" -> {}
            default ->
                throw ApiException.unsupported(
                        where + ".type",
                        "'" + where + ".type' is not supported: give messages, calls of functions and their outputs");
        }
    }

    /** Calls that follow one another, or what was said before them, are one turn. */
    private static ObjectNode calling(ArrayNode messages) {
        JsonNode last = messages.isEmpty() ? null : messages.get(messages.size() - 1);
        return last instanceof ObjectNode turn && turn.path("role").asString("").equals("assistant")
                ? turn
                : messages.addObject().put("role", "assistant").putNull("content");
    }

    private static void tools(Translation words) {
        JsonNode tools = words.take("tools");
        if (tools != null && !tools.isArray()) {
            throw Parts.wrong("tools", "an array of functions");
        }
        if (tools != null && !tools.isEmpty()) {
            ArrayNode functions = Json.MAPPER.createArrayNode();
            for (int i = 0; i < tools.size(); i++) {
                JsonNode tool = tools.get(i);
                if (!tool.path("type").asString("").equals("function")) {
                    String where = "tools[" + i + "].type";
                    throw ApiException.unsupported(
                            where, "'" + where + "' is not supported: only functions of the client's own are called");
                }
                ObjectNode function =
                        functions.addObject().put("type", "function").putObject("function");
                tool.properties().stream()
                        .filter(field -> !field.getKey().equals("type"))
                        .forEach(field -> function.set(field.getKey(), field.getValue()));
            }
            words.put("tools", functions, "tools");
        }
        JsonNode choice = words.take("tool_choice");
        if (choice != null && !(tools == null || tools.isEmpty())) {
            words.put("tool_choice", choice(choice), "tool_choice");
        }
    }

    private static JsonNode choice(JsonNode choice) {
        if (!choice.isObject() || !choice.path("type").asString("").equals("function")) {
            return choice;
        }
        ObjectNode named = Json.MAPPER.createObjectNode().put("type", "function");
        named.putObject("function").set("name", choice.path("name"));
        return named;
    }

    /** What form the text is to have. */
    private static void text(Translation words) {
        JsonNode text = words.take("text");
        JsonNode format = text == null ? null : text.get("format");
        if (format == null || format.isNull()) {
            return;
        }
        if (!format.path("type").asString("").equals("json_schema")) {
            words.put("response_format", format, "text.format");
            return;
        }
        ObjectNode nested = Json.MAPPER.createObjectNode().put("type", "json_schema");
        ObjectNode schema = nested.putObject("json_schema");
        format.properties().stream()
                .filter(field -> !field.getKey().equals("type"))
                .forEach(field -> schema.set(field.getKey(), field.getValue()));
        words.put("response_format", nested, "text.format");
    }

    /** People read how the search goes where a summary of the reasoning is asked for. */
    private static void reasoning(Translation words) {
        JsonNode reasoning = words.take("reasoning");
        JsonNode effort = reasoning == null ? null : reasoning.get("effort");
        if (effort != null && !effort.isNull()) {
            words.put("reasoning_effort", effort, "reasoning.effort");
        }
        words.showProgress(
                reasoning != null && (isGiven(reasoning, "summary") || isGiven(reasoning, "generate_summary")));
    }

    private static boolean isGiven(JsonNode object, String name) {
        JsonNode value = object.get(name);
        return value != null && !value.isNull();
    }
}
