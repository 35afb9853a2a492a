package org.espalier.server;

import java.util.ArrayList;
import java.util.List;
import org.espalier.model.ChatMessage;
import org.espalier.model.Problem;
import org.espalier.prompt.PromptOptions;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A chat: the last message of the user is the problem, the others are the conversation around it, and system messages that
 * begin the chat are the policy's instruction.
 *
 * @param prompt what the policy is told beside it
 */
record ChatPrompt(Problem problem, PromptOptions prompt) {
    private static final int MOST = 1000;

    /** @throws ApiException if a message cannot be, or none is the user's */
    static ChatPrompt read(JsonFields body) {
        JsonNode messages = body.get("messages");
        if (messages == null || !messages.isArray() || messages.isEmpty() || messages.size() > MOST) {
            throw body.wrong("messages", "an array of 1 to " + MOST + " messages");
        }
        List<ChatMessage> turns = new ArrayList<>();
        for (int i = 0; i < messages.size(); i++) {
            String place = "messages[" + i + "]";
            if (!(messages.get(i) instanceof ObjectNode node)) {
                throw ApiException.invalid(place, "'" + place + "' must be an object");
            }
            turns.add(ChatTurn.read(place, node));
        }
        dropNothing(turns);
        int asked = turns.size() - 1;
        while (asked >= 0 && !turns.get(asked).role().equals("user")) {
            asked--;
        }
        if (asked < 0) {
            throw ApiException.invalid("messages", "'messages' must have one of the user's: the last is the problem");
        }
        if (turns.get(asked).content().isBlank()) {
            throw ApiException.invalid(
                    "messages", "the last of the user's 'messages' is empty: it must state the problem");
        }
        List<ChatMessage> later = turns.subList(asked + 1, turns.size());
        requireOpen(later);
        int instructing = 0;
        while (turns.get(instructing).instructs()) {
            instructing++;
        }
        List<String> instructions =
                turns.subList(0, instructing).stream().map(ChatMessage::content).toList();
        Problem problem = Problem.of(turns.get(asked).content())
                .after(turns.subList(instructing, asked))
                .before(later);
        return new ChatPrompt(
                problem, PromptOptions.instructed(instructions.isEmpty() ? null : String.join("\n\n", instructions)));
    }

    /** A reply that is begun with nothing is not begun. */
    private static void dropNothing(List<ChatMessage> turns) {
        ChatMessage last = turns.get(turns.size() - 1);
        if (last.role().equals("assistant")
                && last.content().isEmpty()
                && last.calls().isEmpty()) {
            turns.remove(turns.size() - 1);
        }
    }

    /** What follows the problem must leave something to write. */
    private static void requireOpen(List<ChatMessage> later) {
        if (later.isEmpty()) {
            return;
        }
        ChatMessage last = later.get(later.size() - 1);
        if (!last.calls().isEmpty()) {
            throw ApiException.invalid(
                    "messages", "the last of 'messages' calls tools: add a message of the role tool for each result");
        }
    }
}
