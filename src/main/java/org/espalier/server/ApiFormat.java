package org.espalier.server;

import java.util.List;
import org.espalier.structure.ToolForm.Call;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The format of one of OpenAI's two endpoints: how ids, objects and texts are spelled in its answers. */
enum ApiFormat {
    /** {@code /v1/chat/completions}. */
    CHAT("chatcmpl-", "chat.completion", "chat.completion.chunk") {
        @Override
        void put(ObjectNode choice, String text, List<Call> calls) {
            ObjectNode message = choice.putObject("message").put("role", "assistant");
            message.put("content", text.isEmpty() && !calls.isEmpty() ? null : text)
                    .putNull("refusal");
            if (!calls.isEmpty()) {
                listCalls(message, calls, false);
            }
        }

        @Override
        void putCalls(ObjectNode choice, List<Call> calls) {
            listCalls(choice.putObject("delta"), calls, true);
        }

        @Override
        void putFirst(ObjectNode choice) {
            choice.putObject("delta").put("role", "assistant").put("content", "");
        }

        @Override
        void putPiece(ObjectNode choice, String text) {
            ObjectNode delta = choice.putObject("delta");
            if (!text.isEmpty()) {
                delta.put("content", text);
            }
        }

        @Override
        boolean putThought(ObjectNode choice, String text) {
            choice.putObject("delta").put("reasoning_content", text);
            return true;
        }

        @Override
        ObjectNode logprobs(ReplyTokens tokens) {
            return tokens.inChat();
        }
    },
    /** {@code /v1/completions}. */
    TEXT("cmpl-", "text_completion", "text_completion") {
        @Override
        void put(ObjectNode choice, String text, List<Call> calls) {
            choice.put("text", text);
        }

        @Override
        void putFirst(ObjectNode choice) {
            choice.put("text", "");
        }

        @Override
        void putPiece(ObjectNode choice, String text) {
            choice.put("text", text);
        }

        @Override
        boolean putThought(ObjectNode choice, String text) {
            return false;
        }

        @Override
        ObjectNode logprobs(ReplyTokens tokens) {
            return tokens.inText();
        }
    };

    private final String idPrefix;
    private final String whole;
    private final String chunk;

    ApiFormat(String idPrefix, String whole, String chunk) {
        this.idPrefix = idPrefix;
        this.whole = whole;
        this.chunk = chunk;
    }

    String idPrefix() {
        return idPrefix;
    }

    /** What the object of a whole answer is called. */
    String whole() {
        return whole;
    }

    /** What the object of a piece is called. */
    String chunk() {
        return chunk;
    }

    /** Puts a whole text, and calls of tools behind it, into a choice. */
    abstract void put(ObjectNode choice, String text, List<Call> calls);

    /** What is told of the tokens of a text. */
    abstract ObjectNode logprobs(ReplyTokens tokens);

    /** Puts calls of tools into a streamed choice, where there is a place for them. */
    void putCalls(ObjectNode choice, List<Call> calls) {}

    private static void listCalls(ObjectNode into, List<Call> calls, boolean streamed) {
        ArrayNode list = into.putArray("tool_calls");
        for (int i = 0; i < calls.size(); i++) {
            ObjectNode call = list.addObject();
            if (streamed) {
                call.put("index", i);
            }
            call.put("id", AnswerIds.next("call_")).put("type", "function");
            call.putObject("function")
                    .put("name", calls.get(i).name())
                    .put("arguments", calls.get(i).arguments());
        }
    }

    /** Opens a streamed choice. */
    abstract void putFirst(ObjectNode choice);

    /** Puts a piece into a streamed choice. */
    abstract void putPiece(ObjectNode choice, String text);

    /** Puts into a streamed choice how the search goes, for people; returns false where there is no place for it. */
    abstract boolean putThought(ObjectNode choice, String text);
}
