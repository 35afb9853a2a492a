package org.espalier.prompt;

import java.util.ArrayList;
import java.util.List;
import org.espalier.model.ChatMessage;
import org.espalier.model.UsageException;

/** A model's way of writing a chat as one text. */
@FunctionalInterface
public interface ChatTemplate {
    /** ChatML, which most small models understand and which stands in for a template that is missing or not known. */
    ChatTemplate CHATML = (messages, openReply) -> {
        StringBuilder text = new StringBuilder();
        for (ChatMessage message : messages) {
            text.append("<|im_start|>").append(message.role()).append('\n');
            text.append(message.content()).append("<|im_end|>\n");
        }
        return text.append(openReply ? "<|im_start|>assistant\n" : "").toString();
    };

    /** No turns at all, for base models: the contents, a blank line after each. */
    ChatTemplate PLAIN = (messages, openReply) -> {
        StringBuilder text = new StringBuilder();
        messages.forEach(message -> text.append(message.content()).append("\n\n"));
        return text.toString();
    };

    /**
     * Questions with their answers, for base models: text that goes on with an answer. The system's turn stands before it.
     * A model that was taught no turns does not end its own; it goes on with {@link #NEXT_QUESTION}.
     */
    ChatTemplate COMPLETION = (messages, openReply) -> {
        StringBuilder text = new StringBuilder();
        for (ChatMessage message : messages) {
            text.append(
                    switch (message.role()) {
                        case "user" -> ChatTemplate.QUESTION;
                        case "assistant" -> ChatTemplate.ANSWER + " ";
                        default -> "";
                    });
            text.append(message.content()).append("\n\n");
        }
        return text.append(openReply ? ChatTemplate.ANSWER : "").toString();
    };

    /** What {@link #COMPLETION} writes before a question. */
    String QUESTION = "Question: ";

    /** What {@link #COMPLETION} writes before an answer. */
    String ANSWER = "Answer:";

    /** What a base model writes when it has done with the answer to a question of {@link #COMPLETION}. */
    String NEXT_QUESTION = "\nQuestion";

    /**
     * Writes the chat.
     *
     * @param openReply whether to end with the header of the assistant's next turn
     */
    String render(List<ChatMessage> messages, boolean openReply);

    /**
     * Writes the chat in pieces, of which those that the turns say have no control tokens. Where a reply is to be opened
     * behind a turn of the assistant, that turn is left open instead.
     *
     * @throws IllegalArgumentException if the template drops or reorders what the turns say
     * @throws UsageException if the template does not take such turns, or no tools
     */
    default List<Fragment> pieces(ChatRequest request) {
        if (!request.tools().isEmpty()) {
            throw new UsageException(
                    "this model's chat template has no place for tools: choose a model whose file has one of its own");
        }
        List<ChatMessage> marked = new ArrayList<>();
        List<String> markers = new ArrayList<>();
        for (ChatMessage message : request.messages()) {
            String marker = "\u2063turn " + markers.size() + "\u2063";
            markers.add(marker);
            marked.add(message.withContent(marker));
        }
        String text = render(marked, request.openReply() && !request.continuesReply());
        List<String> contents =
                request.messages().stream().map(ChatMessage::content).toList();
        List<Fragment> fragments = Fragment.splice(text, markers, contents);
        return request.continuesReply() ? Fragment.upToContent(fragments) : fragments;
    }
}
