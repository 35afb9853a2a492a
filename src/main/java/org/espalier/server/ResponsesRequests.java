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
        logprobs(words);
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
        boolean some = words.tools("functions", ResponsesRequests::isFunction, ResponsesRequests::putOthers);
        JsonNode choice = words.take("tool_choice");
        if (choice != null && some) {
            words.put("tool_choice", choice(choice), "tool_choice");
        }
    }

    private static JsonNode choice(JsonNode choice) {
        return isFunction(choice) ? Translation.choiceOf(choice.path("name")) : choice;
    }

    private static boolean isFunction(JsonNode object) {
        return object.path("type").asString("").equals("function");
    }

    /** Puts all fields but the type into an object of its own. */
    private static void putOthers(JsonNode flat, ObjectNode nested) {
        flat.properties().stream()
                .filter(field -> !field.getKey().equals("type"))
                .forEach(field -> nested.set(field.getKey(), field.getValue()));
    }

    /** What form the text is to have. */
    private static void text(Translation words) {
        JsonNode text = words.take("text");
        if (text == null || !text.hasNonNull("format")) {
            return;
        }
        JsonNode format = text.path("format");
        if (!format.path("type").asString("").equals("json_schema")) {
            words.put("response_format", format, "text.format");
            return;
        }
        ObjectNode nested = Json.MAPPER.createObjectNode().put("type", "json_schema");
        putOthers(format, nested.putObject("json_schema"));
        words.put("response_format", nested, "text.format");
    }

    /** Of the text's tokens, where they are to be included. */
    private static void logprobs(Translation words) {
        JsonNode included = words.chat().path("include");
        JsonNode top = words.chat().path("top_logprobs");
        boolean told = included.valueStream().anyMatch(one -> one.asString("").equals("message.output_text.logprobs"));
        if (told || (top.isNumber() && top.asDouble() > 0)) {
            words.put("logprobs", Json.MAPPER.valueToTree(true), "include");
        }
    }

    /** People read how the search goes where a summary of the reasoning is asked for. */
    private static void reasoning(Translation words) {
        JsonNode reasoning = words.take("reasoning");
        if (reasoning != null && reasoning.hasNonNull("effort")) {
            words.put("reasoning_effort", reasoning.path("effort"), "reasoning.effort");
        }
        words.showProgress(
                reasoning != null && (reasoning.hasNonNull("summary") || reasoning.hasNonNull("generate_summary")));
    }
}
