package org.espalier.model;

import java.util.List;

/**
 * A problem to solve.
 *
 * @param id names the problem within a run; it also seeds the problem's random streams, so it must be stable
 * @param text what the user asks, without any template
 * @param history the conversation before it, the earliest turn first: told to the policy, but not to what judges
 */
public record Problem(String id, String text, List<ChatMessage> history) {
    /** @throws UsageException if the text is blank */
    public Problem {
        if (text.isBlank()) {
            throw new UsageException("the problem is empty: state what is to be solved");
        }
        history = List.copyOf(history);
    }

    /**
     * A problem that no conversation came before.
     *
     * @throws UsageException if the text is blank
     */
    public Problem(String id, String text) {
        this(id, text, List.of());
    }

    /** A problem named by its own text. */
    public static Problem of(String text) {
        return new Problem(Integer.toHexString(text.strip().hashCode()), text.strip());
    }

    /** Returns the problem as what is asked after a conversation. */
    public Problem after(List<ChatMessage> conversation) {
        return new Problem(id, text, conversation);
    }
}
