package org.espalier.server;

import java.util.ArrayList;
import java.util.List;
import org.espalier.search.Usage;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Answers as OpenAI's {@code /v1/chat/completions} and {@code /v1/completions} do. */
final class CompletionFormat implements AnswerFormat {
    private final ApiFormat format;
    private final String model;
    private final boolean includeUsage;
    private final String id;
    private final long created = System.currentTimeMillis() / 1000;

    CompletionFormat(ApiFormat format, SolveRequest request) {
        this.format = format;
        model = request.model();
        includeUsage = request.streaming().usage();
        id = AnswerIds.next(format.idPrefix());
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public ObjectNode whole(Finished finished) {
        ObjectNode answer = head(format.whole());
        List<Choice> choices = finished.choices();
        for (int i = 0; i < choices.size(); i++) {
            ObjectNode choice = answer.withArray("choices").addObject().put("index", i);
            format.put(choice, choices.get(i).text(), choices.get(i).calls());
            choice.set("logprobs", logprobs(finished.tokens(i)));
            choice.put("finish_reason", choices.get(i).finishReason());
        }
        putUsage(answer, finished);
        answer.set("espalier", finished.report());
        return answer;
    }

    @Override
    public List<StreamPiece> begin() {
        return open(0);
    }

    @Override
    public List<StreamPiece> open(int index) {
        ObjectNode chunk = chunk();
        format.putFirst(choice(chunk, index, null));
        return List.of(StreamPiece.of(chunk));
    }

    @Override
    public List<StreamPiece> tell(ObjectNode event) {
        ObjectNode chunk = chunk();
        format.putPiece(choice(chunk, 0, null), "");
        chunk.set("espalier", event);
        return List.of(StreamPiece.of(chunk));
    }

    @Override
    public List<StreamPiece> think(String text) {
        ObjectNode chunk = chunk();
        return format.putThought(choice(chunk, 0, null), text) ? List.of(StreamPiece.of(chunk)) : List.of();
    }

    @Override
    public List<StreamPiece> write(int index, String text, @Nullable ReplyTokens tokens) {
        ObjectNode chunk = chunk();
        ObjectNode choice = choice(chunk, index, null);
        format.putPiece(choice, text);
        if (tokens != null) {
            choice.set("logprobs", logprobs(tokens));
        }
        return List.of(StreamPiece.of(chunk));
    }

    private JsonNode logprobs(@Nullable ReplyTokens tokens) {
        return tokens == null ? Json.MAPPER.nullNode() : format.logprobs(tokens);
    }

    @Override
    public List<StreamPiece> close(int index, Finished finished) {
        List<Choice> choices = finished.choices();
        List<StreamPiece> pieces = new ArrayList<>();
        if (!choices.get(index).calls().isEmpty()) {
            ObjectNode calling = chunk();
            format.putCalls(choice(calling, index, null), choices.get(index).calls());
            pieces.add(StreamPiece.of(calling));
        }
        ObjectNode chunk = chunk();
        format.putPiece(choice(chunk, index, choices.get(index).finishReason()), "");
        if (index == choices.size() - 1) {
            chunk.set("espalier", finished.report());
        }
        pieces.add(StreamPiece.of(chunk));
        return List.copyOf(pieces);
    }

    /** What was spent, after all choices. */
    @Override
    public List<StreamPiece> end(Finished finished) {
        if (!includeUsage) {
            return List.of();
        }
        ObjectNode chunk = head(format.chunk());
        chunk.putArray("choices");
        putUsage(chunk, finished);
        return List.of(StreamPiece.of(chunk));
    }

    @Override
    public boolean marksEnd() {
        return true;
    }

    /** A piece of a stream that ends with its usage has none itself, and says so. */
    private ObjectNode chunk() {
        ObjectNode chunk = head(format.chunk());
        return includeUsage ? chunk.putNull("usage") : chunk;
    }

    private ObjectNode head(String object) {
        return Json.MAPPER
                .createObjectNode()
                .put("id", id)
                .put("object", object)
                .put("created", created)
                .put("model", model);
    }

    private static ObjectNode choice(ObjectNode chunk, int index, @Nullable String finishReason) {
        return chunk.putArray("choices").addObject().put("index", index).put("finish_reason", finishReason);
    }

    /** All that the policy sampled was paid for, not only what is listed. */
    private static void putUsage(ObjectNode answer, Finished finished) {
        Usage usage = finished.usage();
        ObjectNode spent = answer.putObject("usage")
                .put("prompt_tokens", usage.promptTokens())
                .put("completion_tokens", usage.policyTokens())
                .put("total_tokens", usage.promptTokens() + usage.policyTokens());
        spent.putObject("prompt_tokens_details").put("cached_tokens", finished.cachedTokens());
    }
}
