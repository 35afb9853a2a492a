package org.espalier.server;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Puts requests of Anthropic's {@code /v1/messages} into a chat's words. */
final class MessagesRequests {
    private MessagesRequests() {}

    /** @throws ApiException if a message cannot be */
    static Translation translate(ObjectNode body) {
        Translation words = new Translation(body);
        JsonNode given = words.take("messages");
        if (given == null || !given.isArray()) {
            throw Parts.wrong("messages", "an array of messages");
        }
        ArrayNode messages = words.messages("messages");
        JsonNode system = words.take("system");
        if (system != null) {
            messages.addObject().put("role", "system").put("content", Parts.text(system, "system"));
        }
        for (int i = 0; i < given.size(); i++) {
            add(messages, given.get(i), "messages[" + i + "]");
        }
        words.move("stop_sequences", "stop");
        JsonNode metadata = words.take("metadata");
        if (metadata != null && metadata.path("user_id").isString()) {
            words.put("user", metadata.path("user_id"), "metadata.user_id");
        }
        JsonNode logprobs = words.take("logprobs");
        if (logprobs != null && logprobs.asBoolean(false)) {
            throw ApiException.unsupported(
                    "logprobs", "'logprobs' is not supported: /v1/chat/completions has a place for them");
        }
        tools(words);
        output(words);
        thinking(words);
        return words;
    }

    private static void add(ArrayNode messages, JsonNode message, String where) {
        String role = message.path("role").asString("");
        if (!role.equals("user") && !role.equals("assistant") && !role.equals("system")) {
            throw Parts.wrong(where + ".role", "user or assistant");
        }
        JsonNode content = message.path("content");
        if (!content.isArray()) {
            messages.addObject().put("role", role).put("content", Parts.text(content, where + ".content"));
            return;
        }
        StringBuilder text = new StringBuilder();
        ArrayNode calls = Json.MAPPER.createArrayNode();
        for (int i = 0; i < content.size(); i++) {
            JsonNode block = content.get(i);
            String here = where + ".content[" + i + "]";
            switch (block.path("type").asString("")) {
                case "tool_use" -> call(calls.addObject(), block);
                case "tool_result" -> {
                    ObjectNode result = messages.addObject().put("role", "tool");
                    result.set("tool_call_id", block.path("tool_use_id"));
                    result.put("content", Parts.text(block.path("content"), here + ".content"));
                }
                // What a search told of itself.
                case "thinking", "redacted_thinking" -> {}
                default -> text.append(Parts.text(Json.MAPPER.createArrayNode().add(block), here));
            }
        }
        if (text.length() > 0 || !calls.isEmpty()) {
            ObjectNode turn = messages.addObject().put("role", role).put("content", text.toString());
            if (!calls.isEmpty()) {
                turn.set("tool_calls", calls);
            }
        }
    }

    private static void call(ObjectNode call, JsonNode block) {
        call.set("id", block.path("id"));
        ObjectNode function = call.put("type", "function").putObject("function");
        function.set("name", block.path("name"));
        function.put("arguments", Json.MAPPER.writeValueAsString(block.path("input")));
    }

    private static void tools(Translation words) {
        boolean some = words.tools(
                "tools", tool -> tool.path("type").asString("custom").equals("custom"), MessagesRequests::describe);
        JsonNode choice = words.take("tool_choice");
        if (choice != null && some) {
            if (choice.path("disable_parallel_tool_use").asBoolean(false)) {
                words.put("parallel_tool_calls", Json.MAPPER.valueToTree(false), "tool_choice");
            }
            words.put("tool_choice", choice(choice), "tool_choice");
        }
    }

    private static void describe(JsonNode tool, ObjectNode function) {
        function.set("name", tool.path("name"));
        if (tool.has("description")) {
            function.set("description", tool.path("description"));
        }
        if (tool.has("input_schema")) {
            function.set("parameters", tool.path("input_schema"));
        }
    }

    private static JsonNode choice(JsonNode choice) {
        switch (choice.path("type").asString("")) {
            case "auto", "none" -> {
                return choice.path("type");
            }
            case "any" -> {
                return Json.MAPPER.valueToTree("required");
            }
            case "tool" -> {
                return Translation.choiceOf(choice.path("name"));
            }
            default -> throw Parts.wrong("tool_choice.type", "auto, any, tool or none");
        }
    }

    /** What form the text is to have, and how hard the policy is to try. */
    private static void output(Translation words) {
        JsonNode config = words.take("output_config");
        if (config != null && config.hasNonNull("effort")) {
            JsonNode effort = config.path("effort");
            boolean most = effort.asString("").equals("max");
            words.put("reasoning_effort", most ? Json.MAPPER.valueToTree("xhigh") : effort, "output_config.effort");
        }
        JsonNode older = words.take("output_format");
        JsonNode format = config != null && config.hasNonNull("format") ? config.get("format") : older;
        if (format != null) {
            words.put("response_format", Translation.schema("output", format.path("schema")), "output_config.format");
        }
    }

    /** People read how the search goes where thinking is asked for. */
    private static void thinking(Translation words) {
        JsonNode thinking = words.take("thinking");
        String type = thinking == null ? "" : thinking.path("type").asString("");
        if (type.equals("disabled")) {
            words.put("enable_thinking", Json.MAPPER.valueToTree(false), "thinking.type");
        }
        words.showProgress(type.equals("enabled") || type.equals("adaptive"));
    }
}
