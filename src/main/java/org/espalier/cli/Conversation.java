package org.espalier.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToIntFunction;
import org.espalier.model.ChatMessage;
import org.espalier.model.Problem;

/** What was said so far. What no longer fits the context is forgotten, the earliest turns first. */
final class Conversation {
    private final List<ChatMessage> turns = new ArrayList<>();
    private final StringBuilder transcript = new StringBuilder();

    /**
     * A question as it is asked now.
     *
     * @param tokens of a problem's prompt
     * @param most tokens that the prompt may have
     */
    Problem ask(String question, ToIntFunction<Problem> tokens, int most) {
        Problem problem = Problem.of(question).after(turns);
        while (!turns.isEmpty() && tokens.applyAsInt(problem) > most) {
            turns.subList(0, Math.min(2, turns.size())).clear();
            problem = Problem.of(question).after(turns);
        }
        return problem;
    }

    void add(String question, String answer) {
        transcript
                .append("**You:** ")
                .append(question)
                .append("\n\n")
                .append(answer.strip())
                .append("\n\n");
        turns.add(ChatMessage.user(question));
        turns.add(ChatMessage.assistant(answer));
    }

    void clear() {
        turns.clear();
        transcript.setLength(0);
    }

    /** How many questions were asked. */
    int questions() {
        return turns.size() / 2;
    }

    /** All of it as Markdown, what is forgotten too. */
    String markdown() {
        return transcript.toString();
    }
}
