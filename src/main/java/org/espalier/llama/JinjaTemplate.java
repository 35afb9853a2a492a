package org.espalier.llama;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.espalier.llama.TemplateEngine.Rendered;
import org.espalier.llama.TemplateTurns.Form;
import org.espalier.llama.TemplateValues.Said;
import org.espalier.model.ChatMessage;
import org.espalier.model.UsageException;
import org.espalier.model.Wording;
import org.espalier.prompt.ChatRequest;
import org.espalier.prompt.ChatTemplate;
import org.espalier.prompt.Fragment;
import org.jspecify.annotations.Nullable;

/**
 * A model file's own chat template, run by llama.cpp's engine with the variables that transformers'
 * {@code apply_chat_template} gives. What a conversation says is never read as a control token, also where the template
 * trims, quotes or joins it.
 *
 * <p>Templates differ in what they take: some refuse a system's turn, or one that is not the first, some want contents as
 * lists of parts or arguments as text. What a template does not take as it is told in the next best {@link Form}.
 */
final class JinjaTemplate implements ChatTemplate {
    private static final String PROBE = "2 + 2?";

    /**
     * A template as a file has it.
     *
     * @param name of the file, for messages
     * @param text the program
     * @param toolText another one for requests with tools; null for none
     * @param tokens texts of the vocabulary that templates write, such as {@code bos_token}
     * @param beginning the text of the token that the tokenizer puts before a prompt itself; empty for none
     */
    record Source(String name, String text, @Nullable String toolText, Map<String, String> tokens, String beginning) {}

    private final Source source;

    JinjaTemplate(Source source) {
        this.source = source;
    }

    /** Why the template cannot be used for a question, in a line; empty if it can. */
    Optional<String> fault() {
        ChatRequest question = new ChatRequest(List.of(ChatMessage.user(PROBE)), true);
        String fault = null;
        for (Form form : Form.of(question.messages())) {
            Rendered rendered = rendered(question, form);
            if (rendered.message() == null && says(rendered, PROBE)) {
                return Optional.empty();
            }
            fault = fault == null ? rendered.message() : fault;
        }
        return Optional.of(fault == null ? "it does not write what the user says" : fault);
    }

    @Override
    public String render(List<ChatMessage> messages, boolean openReply) {
        return Fragment.join(pieces(new ChatRequest(messages, openReply)));
    }

    /** @throws UsageException if the template does not take these turns in any form */
    @Override
    public List<Fragment> pieces(ChatRequest request) {
        Rendered first = null;
        Rendered possible = null;
        for (Form form : Form.of(request.messages())) {
            Rendered rendered = rendered(request, form);
            first = first == null ? rendered : first;
            if (rendered.message() != null) {
                continue;
            }
            if (saysAll(rendered, request.messages())) {
                return pieces(rendered, request);
            }
            possible = possible == null ? rendered : possible;
        }
        if (possible == null) {
            throw new UsageException(Wording.of(
                    "the chat template of %s does not take this conversation: %s",
                    source.name(), first == null ? "it is empty" : first.message()));
        }
        return pieces(possible, request);
    }

    private Rendered rendered(ChatRequest request, Form form) {
        boolean open = request.openReply() && !request.continuesReply();
        Map<String, Object> variables = new LinkedHashMap<>(source.tokens());
        variables.putAll(request.variables());
        variables.put("messages", form.turns(request.messages()));
        variables.put("tools", request.tools().isEmpty() ? null : new Said(request.tools()));
        variables.putIfAbsent("documents", null);
        variables.put("add_generation_prompt", open);
        String forTools = source.toolText();
        String text = request.tools().isEmpty() || forTools == null ? source.text() : forTools;
        return TemplateEngine.render(text, TemplateValues.of(variables), request.time());
    }

    /** Whether instructions and the last question are in what was written. Where a template quotes them, none is found. */
    private static boolean saysAll(Rendered rendered, List<ChatMessage> messages) {
        ChatMessage lastAsked = null;
        for (ChatMessage message : messages) {
            if (message.instructs() && !says(rendered, message.content())) {
                return false;
            }
            lastAsked = message.role().equals("user") ? message : lastAsked;
        }
        return lastAsked == null || says(rendered, lastAsked.content());
    }

    private static boolean says(Rendered rendered, String content) {
        String sought = content.strip();
        return rendered.fragments().stream()
                .anyMatch(fragment -> !fragment.special() && fragment.text().contains(sought));
    }

    private List<Fragment> pieces(Rendered rendered, ChatRequest request) {
        List<Fragment> fragments = new ArrayList<>(rendered.fragments());
        String beginning = source.beginning();
        if (!beginning.isEmpty()
                && !fragments.isEmpty()
                && fragments.get(0).special()
                && fragments.get(0).text().startsWith(beginning)) {
            String rest = fragments.get(0).text().substring(beginning.length());
            fragments.remove(0);
            if (!rest.isEmpty()) {
                fragments.add(0, new Fragment(rest, true));
            }
        }
        return request.continuesReply() ? Fragment.upToContent(fragments) : List.copyOf(fragments);
    }
}
