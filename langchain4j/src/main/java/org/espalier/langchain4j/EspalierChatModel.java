package org.espalier.langchain4j;

import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.exception.UnsupportedFeatureException;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ResponseFormat;
import dev.langchain4j.model.chat.request.ResponseFormatType;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.output.FinishReason;
import dev.langchain4j.model.output.TokenUsage;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import org.espalier.Espalier;
import org.espalier.model.Answer;
import org.espalier.model.Completion;
import org.espalier.model.Problem;
import org.espalier.search.Solution;
import org.jspecify.annotations.Nullable;

/**
 * A chat model that answers with the completion that a search selects.
 *
 * <p>A search is about one problem, so only the system messages and the last message, which must be the user's, are read;
 * earlier turns are not. The problem's answer, as it is read from the completion, is the attribute {@value #ANSWER} of the
 * message. How the search samples is said by the options of the {@link Espalier}, and a request's parameters are not read.
 */
public final class EspalierChatModel implements ChatModel {
    /** Attribute of the message: the answer alone, such as {@code 79}; absent if the completion states none. */
    public static final String ANSWER = "answer";

    private final Espalier espalier;

    /** Creates a model over an instance, which the caller closes. */
    public EspalierChatModel(Espalier espalier) {
        this.espalier = espalier;
    }

    /**
     * Searches for a solution of the problem that the last message states.
     *
     * @return all that the policy sampled is counted as output; {@link FinishReason#LENGTH} if a limit ended the completion
     * @throws UnsupportedFeatureException if the request has tools, asks for JSON or holds anything but text
     * @throws org.espalier.model.EspalierException if the problem is too long or a model fails
     */
    @Override
    public ChatResponse doChat(ChatRequest request) {
        if (!request.toolSpecifications().isEmpty()) {
            throw new UnsupportedFeatureException("Espalier's models call no tools");
        }
        ResponseFormat format = request.responseFormat();
        if (format != null && format.type() == ResponseFormatType.JSON) {
            throw new UnsupportedFeatureException("Espalier's models write plain text only, not JSON");
        }
        Solution solution = espalier.solve(problem(request.messages()));
        Completion selected = solution.selected();
        AiMessage.Builder message = AiMessage.builder().text(selected == null ? "" : selected.text());
        Answer answer = solution.answer();
        if (answer != null) {
            message.attributes(Map.of(ANSWER, answer.text()));
        }
        long input = solution.usage().promptTokens();
        long output = solution.usage().policyTokens();
        return ChatResponse.builder()
                .aiMessage(message.build())
                .tokenUsage(new TokenUsage(Math.toIntExact(input), Math.toIntExact(output)))
                .finishReason(isFinished(selected) ? FinishReason.STOP : FinishReason.LENGTH)
                .build();
    }

    private static boolean isFinished(@Nullable Completion completion) {
        return completion != null && completion.finished();
    }

    private static Problem problem(List<ChatMessage> messages) {
        if (!(messages.get(messages.size() - 1) instanceof UserMessage user)) {
            throw new IllegalArgumentException("the last message must be the user's: it states the problem");
        }
        if (!user.hasSingleText()) {
            throw new UnsupportedFeatureException("Espalier's models read one text a message, and nothing but text");
        }
        StringJoiner text = new StringJoiner("\n\n");
        for (ChatMessage message : messages) {
            if (message instanceof SystemMessage system) {
                text.add(system.text());
            }
        }
        return Problem.of(text.add(user.singleText()).toString());
    }
}
