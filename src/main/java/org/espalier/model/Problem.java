package org.espalier.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A problem to solve, alone or in a conversation. The policy is told all of the conversation, and so is a model that judges by
 * likelihood; a PRM is told the problem alone, as it was trained.
 *
 * @param id names the problem within a run; it also seeds the problem's random streams, so it must be stable
 * @param text what the user asks, without any template
 * @param history the turns before it, the earliest first
 * @param later the turns after it that the reply goes on from: calls of tools with their results, or the beginning of the reply
 * @param form that replies must have; null for free text
 * @param stops texts that end a reply before the first of them; none of them is empty
 */
public record Problem(
        String id,
        String text,
        List<ChatMessage> history,
        List<ChatMessage> later,
        @Nullable ReplyForm form,
        List<String> stops) {
    /** @throws UsageException if the text is blank, or a text that ends replies is empty */
    public Problem {
        if (text.isBlank()) {
            throw new UsageException("the problem is empty: state what is to be solved");
        }
        history = List.copyOf(history);
        later = List.copyOf(later);
        stops = List.copyOf(stops);
        if (stops.contains("")) {
            throw new UsageException("a text that ends replies is empty: leave it out");
        }
    }

    /**
     * A problem whose replies are free text.
     *
     * @throws UsageException if the text is blank
     */
    public Problem(String id, String text, List<ChatMessage> history, List<ChatMessage> later) {
        this(id, text, history, later, null, List.of());
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

    /** Returns the problem with another id. */
    public Problem called(String other) {
        return new Problem(other, text, history, later, form, stops);
    }

    /** Returns the problem as what is asked after a conversation. */
    public Problem after(List<ChatMessage> conversation) {
        return new Problem(id, text, conversation, later, form, stops);
    }

    /** Returns the problem with turns after it that the reply goes on from. */
    public Problem before(List<ChatMessage> turns) {
        return new Problem(id, text, history, turns, form, stops);
    }

    /** Returns the problem with replies of a form; null for free text. */
    public Problem in(@Nullable ReplyForm wanted) {
        return new Problem(id, text, history, later, wanted, stops);
    }

    /** Returns the problem with texts that end its replies. */
    public Problem stoppedAt(List<String> texts) {
        return new Problem(id, text, history, later, form, texts);
    }
}
