package org.espalier.server;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import org.espalier.model.Tokenizer;
import org.espalier.server.Backend.Vocabulary;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The policy's tokens for clients that count them themselves, in vLLM's words and in llama.cpp's: {@code /tokenize},
 * {@code /detokenize} and {@code /tokenizer_info}. lm-eval takes its tokenizer from there.
 */
final class TokenRoutes {
    private static final String TOKENS = "tokens";

    private final ModelPool models;
    private final Turns turns;
    private final Supplier<ServerSettings> settings;
    private final @Nullable ModelLoading loading;

    /** @param loading null if the models stay those they are */
    TokenRoutes(ModelPool models, Turns turns, Supplier<ServerSettings> settings, @Nullable ModelLoading loading) {
        this.models = models;
        this.turns = turns;
        this.settings = settings;
        this.loading = loading;
    }

    /**
     * Splits a text. {@code prompt} is vLLM's name for it, and what begins a text is then put before it; {@code content} is
     * llama.cpp's.
     */
    void tokenize(HttpExchange exchange, String path, Reply reply) throws IOException {
        JsonFields body = new JsonFields("", Json.object(Body.read(exchange)));
        String model = body.text("model");
        String prompt = body.text("prompt");
        String content = body.text("content");
        if ((prompt == null) == (content == null)) {
            throw body.wrong(prompt == null ? "prompt" : "content", "a text; give one of 'prompt' and 'content'");
        }
        Boolean asked = body.flag(prompt == null ? "add_special" : "add_special_tokens");
        boolean begins = asked == null ? prompt != null : asked;
        boolean special = !Boolean.FALSE.equals(body.flag("parse_special"));
        boolean pieces = body.isSet("with_pieces");
        boolean texts = body.isSet("return_token_strs");
        FieldRules.finish(body, settings.get().strict());
        String text = prompt == null ? String.valueOf(content) : prompt;
        reply.json(200, ask(exchange, model, (vocabulary, context) -> {
            Tokenizer tokenizer = vocabulary.tokenizer();
            int[] tokens = tokens(tokenizer, text, special, begins);
            TokenWords words = new TokenWords(tokenizer);
            ObjectNode told =
                    Json.MAPPER.createObjectNode().put("count", tokens.length).put("max_model_len", context);
            ArrayNode ids = told.putArray(TOKENS);
            for (int token : tokens) {
                if (pieces) {
                    ids.addObject().put("id", token).put("piece", words.of(token));
                } else {
                    ids.add(token);
                }
            }
            if (texts) {
                ArrayNode strings = told.putArray("token_strs");
                Arrays.stream(tokens).forEach(token -> strings.add(words.of(token)));
            }
            return told;
        }));
    }

    private static int[] tokens(Tokenizer tokenizer, String text, boolean special, boolean begins) {
        int[] own = tokenizer.encode(text, special);
        int[] beginning = begins ? tokenizer.beginning() : new int[0];
        if (beginning.length == 0 || (own.length > 0 && own[0] == beginning[0])) {
            return own;
        }
        int[] both = Arrays.copyOf(beginning, beginning.length + own.length);
        System.arraycopy(own, 0, both, beginning.length, own.length);
        return both;
    }

    /** Puts tokens together. */
    void detokenize(HttpExchange exchange, String path, Reply reply) throws IOException {
        JsonFields body = new JsonFields("", Json.object(Body.read(exchange)));
        String model = body.text("model");
        List<Integer> tokens =
                TokenWords.ids(body.get(TOKENS)).orElseThrow(() -> body.wrong(TOKENS, "an array of ids of tokens"));
        FieldRules.finish(body, settings.get().strict());
        String text = ask(
                exchange, model, (vocabulary, context) -> new TokenWords(vocabulary.tokenizer()).of(TOKENS, tokens));
        // vLLM's name for it, and llama.cpp's.
        reply.json(200, Json.MAPPER.createObjectNode().put("prompt", text).put("content", text));
    }

    /** What vLLM tells of a vocabulary, of the default model's: how texts begin and end. */
    void info(HttpExchange exchange, String path, Reply reply) throws IOException {
        reply.json(200, ask(exchange, null, (vocabulary, context) -> {
            Tokenizer tokenizer = vocabulary.tokenizer();
            TokenWords words = new TokenWords(tokenizer);
            return Json.MAPPER
                    .createObjectNode()
                    .put("tokenizer_class", "espalier")
                    .put("vocab_size", tokenizer.size())
                    .put("model_max_length", context)
                    .put("add_bos_token", tokenizer.beginning().length > 0)
                    .put("bos_token", words.first(tokenizer.textStart()))
                    .put("eos_token", words.first(tokenizer.textEnd()))
                    .put("chat_template", vocabulary.chatTemplate());
        }));
    }

    /** What is asked of a vocabulary. */
    @FunctionalInterface
    private interface Question<T> {
        /** @param context tokens that a prompt and a completion can have together */
        T ask(Vocabulary vocabulary, int context);
    }

    private <T> T ask(HttpExchange exchange, @Nullable String model, Question<T> question) throws IOException {
        return ModelLoading.holding(
                loading,
                () -> turns.ask(
                        AdmissionQueue.address(exchange),
                        models.meant(model),
                        false,
                        backend -> question.ask(backend.vocabulary(), backend.contextTokens())));
    }
}
