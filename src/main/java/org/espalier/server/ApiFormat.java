package org.espalier.server;

import tools.jackson.databind.node.ObjectNode;

/** The format of one of OpenAI's two endpoints: how ids, objects and texts are spelled in its answers. */
enum ApiFormat {
    /** {@code /v1/chat/completions}. */
    CHAT("chatcmpl-", "chat.completion", "chat.completion.chunk") {
        @Override
        void put(ObjectNode choice, String text) {
            choice.putObject("message")
                    .put("role", "assistant")
                    .put("content", text)
                    .putNull("refusal");
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
    },
    /** {@code /v1/completions}. */
    TEXT("cmpl-", "text_completion", "text_completion") {
        @Override
        void put(ObjectNode choice, String text) {
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

    /** Puts a whole text into a choice. */
    abstract void put(ObjectNode choice, String text);

    /** Opens a streamed choice. */
    abstract void putFirst(ObjectNode choice);

    /** Puts a piece into a streamed choice. */
    abstract void putPiece(ObjectNode choice, String text);

    /** Puts into a streamed choice how the search goes, for people; returns false where there is no place for it. */
    abstract boolean putThought(ObjectNode choice, String text);
}
