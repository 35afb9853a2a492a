package org.espalier.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One turn of a conversation.
 *
 * @param role {@code system}, {@code developer}, {@code user}, {@code assistant} or {@code tool}
 * @param content its text; empty for none, as beside calls of tools
 * @param reasoning what the assistant thought before it spoke; null for nothing that is known
 * @param calls tools that the assistant called
 * @param callId in a tool's turn the call that it answers; null where calls have no names
 * @param name of the tool that answers, or of who speaks; null for none
 */
public record ChatMessage(
        String role,
        String content,
        @Nullable String reasoning,
        List<ToolCall> calls,
        @Nullable String callId,
        @Nullable String name) {
    /**
     * A call of a tool.
     *
     * @param id null for none
     * @param name of the tool
     * @param arguments as JSON has them: maps, lists, texts, numbers, truth values and null
     */
    public record ToolCall(
            @Nullable String id, String name, @Nullable Object arguments) {}

    public ChatMessage {
        calls = List.copyOf(calls);
    }

    public ChatMessage(String role, String content) {
        this(role, content, null, List.of(), null, null);
    }

    public static ChatMessage system(String content) {
        return new ChatMessage("system", content);
    }

    public static ChatMessage user(String content) {
        return new ChatMessage("user", content);
    }

    public static ChatMessage assistant(String content) {
        return new ChatMessage("assistant", content);
    }

    /** The result of a call. */
    public static ChatMessage tool(String callId, String content) {
        return new ChatMessage("tool", content, null, List.of(), callId, null);
    }

    /** Returns whether it instructs the model: a system's or a developer's turn. */
    public boolean instructs() {
        return role.equals("system") || role.equals("developer");
    }

    /** Returns the turn with another text. */
    public ChatMessage withContent(String text) {
        return new ChatMessage(role, text, reasoning, calls, callId, name);
    }
}
