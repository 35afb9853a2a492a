package org.espalier.prompt;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.espalier.model.ChatMessage;
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
        return new Replying(template, this, false);
    }

    /** The template with replies that begin within the thinking. */
    public ChatTemplate on(ChatTemplate template) {
        return new Replying(template, this, true);
    }

    /** How a reply begins, given what the template itself writes there. */
    private String begun(String written, boolean thinks) {
        String end = written.stripTrailing();
        if (end.endsWith(thinks ? open : close)) {
            return written;
        }
        // What is the other way round: an open thought, or one that is closed at once.
        int opened = end.lastIndexOf(open);
        boolean other = opened >= 0 && (thinks ? end.endsWith(close) : end.endsWith(open));
        return (other ? written.substring(0, opened) : written) + (thinks ? open + "\n" : none);
    }

    /** What templates call the switch: Qwen's, SmolLM's and GLM's, and DeepSeek's and Granite's. */
    private static Map<String, Boolean> switches(boolean thinks) {
        return Map.of("enable_thinking", thinks, "thinking", thinks);
    }

    /** A template that is told whether to think, and made to begin its replies so. */
    private record Replying(ChatTemplate template, Thinking marks, boolean thinks) implements ChatTemplate {
        @Override
        public String render(List<ChatMessage> messages, boolean openReply) {
            return Fragment.join(pieces(new ChatRequest(messages, openReply)));
        }

        @Override
        public List<Fragment> pieces(ChatRequest request) {
            List<Fragment> told = template.pieces(request.withDefaults(switches(thinks)));
            if (!request.openReply() || request.continuesReply()) {
                return told;
            }
            List<Fragment> fragments = new ArrayList<>(told);
            int last = fragments.size() - 1;
            boolean open = last >= 0 && fragments.get(last).special();
            String written = open ? fragments.remove(last).text() : "";
            fragments.add(new Fragment(marks.begun(written, thinks), true));
            return List.copyOf(fragments);
        }
    }
}
