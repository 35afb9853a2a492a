package org.espalier.model;

import java.util.List;

/**
 * A problem to solve, alone or in a conversation. The policy is told all of the conversation, and so is a model that judges by
 * likelihood; a PRM is told the problem alone, as it was trained.
 *
 * @param id names the problem within a run; it also seeds the problem's random streams, so it must be stable
 * @param text what the user asks, without any template
 * @param history the turns before it, the earliest first
 * @param later the turns after it that the reply goes on from: calls of tools with their results, or the beginning of the reply
 */
public record Problem(String id, String text, List<ChatMessage> history, List<ChatMessage> later) {
    /** @throws UsageException if the text is blank */
    public Problem {
        if (text.isBlank()) {
            throw new UsageException("the problem is empty: state what is to be solved");
        }
        history = List.copyOf(history);
        later = List.copyOf(later);
    }

    /**
     * A problem that is no part of a conversation.
     *
     * @throws UsageException if the text is blank
     */
    public Problem(String id, String text) {
        this(id, text, List.of(), List.of());
    }

    /** A problem named by its own text. */
    public static Problem of(String text) {
        return new Problem(Integer.toHexString(text.strip().hashCode()), text.strip());
    }

    /** Returns the problem as what is asked after a conversation. */
    public Problem after(List<ChatMessage> conversation) {
        return new Problem(id, text, conversation, later);
    }

    /** Returns the problem with turns after it that the reply goes on from. */
    public Problem before(List<ChatMessage> turns) {
        return new Problem(id, text, history, turns);
    }
}
