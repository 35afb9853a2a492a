package org.espalier.server;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.espalier.structure.ToolForm.Call;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.util.RawValue;

/** Answers as Ollama's {@code /api/chat} and {@code /api/generate} do. */
final class OllamaFormat implements AnswerFormat {
    private static final long NANOS = 1_000_000;

    private final String model;
    private final boolean chats;
    private final String id = AnswerIds.next("ollama-");
    private final long began = System.nanoTime();

    /**
     * @param model as the client calls it
     * @param chats whether texts are messages
     */
    OllamaFormat(String model, boolean chats) {
        this.model = model;
        this.chats = chats;
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public Framing framing() {
        return Framing.LINES;
    }

    @Override
    public ObjectNode whole(Finished answer) {
        Choice choice = answer.choices().get(0);
        return telling(calling(ended(answer, choice.text()), choice.calls()), answer.tokens(0));
    }

    private ObjectNode ended(Finished answer, String text) {
        ObjectNode last = piece(text)
                .put("done", true)
                .put("done_reason", answer.choices().get(0).finished() ? "stop" : "length")
                .put("total_duration", System.nanoTime() - began)
                .put("load_duration", 0)
                .put("prompt_eval_count", answer.usage().promptTokens())
                .put("prompt_eval_duration", 0)
                .put("eval_count", answer.usage().policyTokens())
                .put("eval_duration", answer.usage().wallMillis() * NANOS);
        last.set("espalier", answer.report());
        return last;
    }

    private static ObjectNode calling(ObjectNode piece, List<Call> calls) {
        for (Call call : calls) {
            piece.withObject("/message")
                    .withArray("tool_calls")
                    .addObject()
                    .putObject("function")
                    .put("name", call.name())
                    .putRawValue("arguments", new RawValue(call.arguments()));
        }
        return piece;
    }

    private ObjectNode piece(String text) {
        ObjectNode piece = Json.MAPPER
                .createObjectNode()
                .put("model", model)
                .put("created_at", Instant.now().toString());
        if (chats) {
            piece.putObject("message").put("role", "assistant").put("content", text);
        } else {
            piece.put("response", text);
        }
        return piece.put("done", false);
    }

    /** What is said where nothing is asked. */
    static ObjectNode loaded(String model, boolean chats) {
        return new OllamaFormat(model, chats).piece("").put("done", true).put("done_reason", "load");
    }

    @Override
    public List<StreamPiece> begin() {
        return List.of();
    }

    @Override
    public List<StreamPiece> think(String text) {
        ObjectNode piece = piece("");
        (chats ? (ObjectNode) piece.path("message") : piece).put("thinking", text);
        return List.of(StreamPiece.of(piece));
    }

    @Override
    public List<StreamPiece> write(int choice, String text, @Nullable ReplyTokens tokens) {
        return choice > 0 ? List.of() : List.of(StreamPiece.of(telling(piece(text), tokens)));
    }

    private static ObjectNode telling(ObjectNode piece, @Nullable ReplyTokens tokens) {
        if (tokens != null) {
            piece.set("logprobs", tokens.content());
        }
        return piece;
    }

    @Override
    public List<StreamPiece> end(Finished answer) {
        StreamPiece last = StreamPiece.of(ended(answer, ""));
        List<Call> calls = answer.choices().get(0).calls();
        return calls.isEmpty() ? List.of(last) : List.of(StreamPiece.of(calling(piece(""), calls)), last);
    }

    /** A line with nothing in it: there are no comments. */
    @Override
    public Optional<StreamPiece> ping() {
        return Optional.of(StreamPiece.of(piece("")));
    }

    @Override
    public ObjectNode failed(ApiException failure) {
        return ErrorShape.OLLAMA.of(failure);
    }
}
