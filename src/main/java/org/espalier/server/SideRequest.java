package org.espalier.server;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.espalier.model.Problem;
import org.espalier.prompt.PromptOptions;

/**
 * What front-ends ask beside a conversation, of the same model: a title for it, tags, questions that could follow, queries for a
 * search engine, what a person is about to type. They are known by the words of the front-ends' templates, and are not worth a
 * search.
 */
final class SideRequest {
    private static final int LONGEST_TEMPLATE = 4000;

    /** Words that ask for one of these of a conversation, in a sentence or two. */
    private static final Pattern ASKED = Pattern.compile(
            "\\b(?:generate|provide|create|write|suggest|give|name|reply|respond|summari[sz]e|determine|extract)\\b[^\\n]{0,160}?"
                    + "\\b(?:title|tags|follow-?up questions|search quer(?:y|ies)|topic)\\b",
            Pattern.CASE_INSENSITIVE);

    private static final Pattern OF_A_CHAT = Pattern.compile(
            "\\b(?:conversation|chat|chat_history|dialogue|messages|user'?s message|coding session)\\b",
            Pattern.CASE_INSENSITIVE);

    /** Words of templates that ask otherwise, as of November 2026. */
    private static final Pattern TOLD = Pattern.compile(
            Stream.of(
                            // Open WebUI: what a person is typing, an emoji, a picture, which tool to call.
                            "you are an autocompletion system",
                            "likely facial expression through a fitting emoji",
                            "messages this user might naturally send next",
                            "image generation task based on the given language and context",
                            "choose and return the correct tool(s) from the list of available tools",
                            // LibreChat: titles, their language, summaries.
                            "analyze this conversation and provide:",
                            "detect the language used in the following text",
                            "summarize the conversation by integrating new lines into the current summary",
                            "summarize the content as best as you can, noting that it was cut-off",
                            // LobeChat: tags, quick replies, questions that stand alone, languages, summaries, emojis.
                            "skilled at extracting conversation tags",
                            "quick-reply suggestions from the last assistant message",
                            "you are an autocomplete engine for a chat input box",
                            "rephrase the follow up question to be a standalone question",
                            "output the result as an international standard locale code",
                            "extracting key takeaways from conversations and summarizing them",
                            "summarize the above conversation",
                            "you are a conversation summarizer",
                            "summarize the conversation for future reference",
                            "you are an emoji expert who selects the most appropriate emoji",
                            // NextChat, Claude Code, OpenCode.
                            "to use as a prompt for future context",
                            "indicates a new conversation topic",
                            "you are a title generator")
                    .map(Pattern::quote)
                    .collect(Collectors.joining("|")),
            Pattern.CASE_INSENSITIVE);

    /** How Open WebUI begins most of them. */
    private static final String TASK = "### Task:";

    private SideRequest() {}

    /** Whether a problem, or the instruction before it, asks for one. */
    static boolean is(Problem problem, PromptOptions prompt) {
        String instruction = prompt.instruction();
        return asks(problem.text()) || (instruction != null && asks(instruction));
    }

    /** Whether a text does. */
    static boolean asks(String text) {
        // A template puts its words before the conversation, or after it.
        List<String> ends = text.length() <= LONGEST_TEMPLATE
                ? List.of(text)
                : List.of(
                        text.substring(0, LONGEST_TEMPLATE / 2), text.substring(text.length() - LONGEST_TEMPLATE / 2));
        boolean task = text.stripLeading().startsWith(TASK);
        return ends.stream()
                .anyMatch(end -> TOLD.matcher(end).find()
                        || (ASKED.matcher(end).find()
                                && (task || OF_A_CHAT.matcher(end).find())));
    }
}
