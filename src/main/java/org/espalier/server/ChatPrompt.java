package org.espalier.server;

import java.util.ArrayList;
import java.util.List;
import org.espalier.model.Problem;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The problem and the instruction of a chat: the last message is the problem, system messages are the policy's instruction.
 * Earlier turns of the user and the assistant are not read, because a search is about one problem.
 *
 * @param instruction null if there is none
 */
record ChatPrompt(Problem problem, @Nullable String instruction) {
    private static final int MOST = 1000;

    /** @throws ApiException if a message cannot be, or the last one is not the user's */
    static ChatPrompt read(JsonFields body) {
        JsonNode messages = body.get("messages");
        if (messages == null || !messages.isArray() || messages.isEmpty() || messages.size() > MOST) {
            throw body.wrong("messages", "an array of 1 to " + MOST + " messages");
        }
        List<String> instructions = new ArrayList<>();
        String problem = null;
        for (int i = 0; i < messages.size(); i++) {
            String place = "messages[" + i + "]";
            if (!(messages.get(i) instanceof ObjectNode node)) {
                throw ApiException.invalid(place, "'" + place + "' must be an object");
            }
            JsonFields message = new JsonFields(place + ".", node);
            String role = message.text("role");
            String content = content(message);
            problem = null;
            switch (role == null ? "" : role) {
                case "system", "developer" -> instructions.add(content);
                case "user" -> problem = content;
                case "assistant" -> {}
                default -> throw message.wrong("role", "system, developer, user or assistant");
            }
        }
        if (problem == null) {
            throw ApiException.invalid("messages", "the last of 'messages' must be the user's: it is the problem");
        }
        if (problem.isBlank()) {
            throw ApiException.invalid("messages", "the last of 'messages' is empty: it must state the problem");
        }
        return new ChatPrompt(Problem.of(problem), instructions.isEmpty() ? null : String.join("\n\n", instructions));
    }

    private static String content(JsonFields message) {
        JsonNode content = message.get("content");
        if (content == null) {
            throw message.wrong("content", "a string or an array of text parts");
        }
        if (content.isString()) {
            return content.asString();
        }
        if (!content.isArray()) {
            throw message.wrong("content", "a string or an array of text parts");
        }
        StringBuilder text = new StringBuilder();
        for (JsonNode part : content) {
            if (!part.path("type").asString("").equals("text")
                    || !part.path("text").isString()) {
                throw message.wrong("content", "made of parts {\"type\": \"text\", \"text\": …}");
            }
            text.append(part.path("text").asString());
        }
        return text.toString();
    }
}
