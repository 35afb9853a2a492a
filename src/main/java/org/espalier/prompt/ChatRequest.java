package org.espalier.prompt;

import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.espalier.model.ChatMessage;
import org.jspecify.annotations.Nullable;

/**
 * What a chat template is given.
 *
 * @param messages the turns, the earliest first
 * @param tools that the model may call, each as OpenAI's API describes them (JSON: maps, lists, texts, numbers, truth
 *     values)
 * @param openReply whether to end with the header of the assistant's next turn
 * @param variables other ones of the template, such as {@code enable_thinking}, in the same form
 * @param now what the template is told of the time; null for the present
 */
public record ChatRequest(
        List<ChatMessage> messages,
        List<?> tools,
        boolean openReply,
        Map<String, ?> variables,
        @Nullable Instant now) {
    public ChatRequest {
        messages = List.copyOf(messages);
        tools = List.copyOf(tools);
        // Values may be null.
        variables = Collections.unmodifiableMap(new LinkedHashMap<>(variables));
    }

    /** Turns alone. */
    public ChatRequest(List<ChatMessage> messages, boolean openReply) {
        this(messages, List.of(), openReply, Map.of(), null);
    }

    /** Returns whether the reply to be opened is begun by the last turn, which is the assistant's. */
    public boolean continuesReply() {
        return openReply
                && !messages.isEmpty()
                && messages.get(messages.size() - 1).role().equals("assistant")
                && messages.get(messages.size() - 1).calls().isEmpty();
    }

    /** Returns the request with variables more, where it does not have them already. */
    public ChatRequest withDefaults(Map<String, ?> more) {
        Map<String, Object> all = new LinkedHashMap<>(more);
        all.putAll(variables);
        return new ChatRequest(messages, tools, openReply, all, now);
    }

    /** What the template is told of the time. A build that is to be the same tomorrow sets SOURCE_DATE_EPOCH. */
    public Instant time() {
        if (now != null) {
            return now;
        }
        String fixed = System.getenv("SOURCE_DATE_EPOCH");
        try {
            return fixed == null ? Instant.now() : Instant.ofEpochSecond(Long.parseLong(fixed.strip()));
        } catch (NumberFormatException e) {
            return Instant.now();
        }
    }
}
