package org.espalier.server;

import java.util.List;
import java.util.regex.Pattern;

/**
 * What front-ends ask beside a conversation, of the same model: a title for it, tags, questions that could follow, queries for a
 * search engine. They are known by the words of the front-ends' templates, and are not worth a search.
 */
final class SideRequest {
    private static final int LONGEST_TEMPLATE = 4000;

    /** Words that ask for one of these of a conversation, in a sentence or two. */
    private static final Pattern ASKED = Pattern.compile(
            "\\b(?:generate|provide|create|write|suggest|give|name|reply|respond|summari[sz]e|determine)\\b[^\\n]{0,160}?"
                    + "\\b(?:title|tags|follow-?up questions|search quer(?:y|ies)|topic)\\b",
            Pattern.CASE_INSENSITIVE);

    private static final Pattern OF_A_CHAT =
            Pattern.compile("\\b(?:conversation|chat|chat_history|dialogue|messages)\\b", Pattern.CASE_INSENSITIVE);

    /** How Open WebUI begins them all. */
    private static final String TASK = "### Task:";

    private SideRequest() {}

    /** Whether a problem, or the instruction before it, asks for one. */
    static boolean is(ChatPrompt chat) {
        String instruction = chat.prompt().instruction();
        return asks(chat.problem().text()) || (instruction != null && asks(instruction));
    }

    /** Whether a text does. */
    static boolean asks(String text) {
        // A template puts its words before the conversation, or after it.
        List<String> ends = text.length() <= LONGEST_TEMPLATE
                ? List.of(text)
                : List.of(
                        text.substring(0, LONGEST_TEMPLATE / 2), text.substring(text.length() - LONGEST_TEMPLATE / 2));
        return ends.stream()
                .anyMatch(end -> ASKED.matcher(end).find()
                        && (text.stripLeading().startsWith(TASK)
                                || OF_A_CHAT.matcher(end).find()));
    }
}
