package org.espalier.prompt;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How a model that thinks before it answers (DeepSeek-R1, Qwen3, SmolLM3 and their kin) marks its thinking.
 *
 * @param open begins it
 * @param close ends it
 * @param none what the model's own template writes into a reply that is to be without it
 */
public record Thinking(String open, String close, String none) {
    private static final String OPEN = "<think>";
    private static final String CLOSE = "</think>";
    private static final String USUAL_NONE = OPEN + "\n\n" + CLOSE + "\n\n";
    /** In a template's text, where line ends may be written as escapes. */
    private static final Pattern NONE = Pattern.compile("<think>(?:\\\\n|\\s)*+</think>(?:\\\\n|\\n)*+");

    private static final Pattern OPENED = Pattern.compile("<think>(?:\\\\n|\\n)?['\"]");

    /**
     * What a chat template says: whether it has the mark where it begins a reply. A template that knows the mark only in
     * earlier turns or in an instruction is of a model that does not think unless it is told to.
     *
     * @param template its text (Jinja); null if the file has none
     */
    public static Optional<Thinking> of(@Nullable String template) {
        String reply = replyOf(template);
        if (!reply.contains(OPEN)) {
            return Optional.empty();
        }
        Matcher none = NONE.matcher(reply);
        return Optional.of(new Thinking(OPEN, CLOSE, none.find() ? none.group().replace("\\n", "\n") : USUAL_NONE));
    }

    /** What a chat template itself writes of the thinking into a reply: the mark that begins it, or nothing. */
    public static String replyOpening(@Nullable String template) {
        return OPENED.matcher(replyOf(template)).find() ? OPEN + "\n" : "";
    }

    private static String replyOf(@Nullable String template) {
        int at = template == null ? -1 : template.lastIndexOf("add_generation_prompt");
        return template == null || at < 0 ? "" : template.substring(at);
    }

    /** The template with replies that go straight to the answer. */
    public ChatTemplate off(ChatTemplate template) {
        return replying(template, none);
    }

    /** The template with replies that begin within the thinking. */
    public ChatTemplate on(ChatTemplate template) {
        return replying(template, open + "\n");
    }

    private static ChatTemplate replying(ChatTemplate template, String begin) {
        return (messages, openReply) -> template.render(messages, openReply) + (openReply ? begin : "");
    }
}
