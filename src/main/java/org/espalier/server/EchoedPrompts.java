package org.espalier.server;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.espalier.model.Budget;
import org.espalier.model.Meter;
import org.espalier.model.TokenScore;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Requests to {@code /v1/completions} with {@code echo} and {@code logprobs}: what the policy expects of texts that are there
 * already, as likelihood tasks of lm-eval ask for it. Prompts are taken as they are, without a chat template.
 *
 * @param prompts texts, or ids of tokens
 * @param tokens to write behind each: 0 or 1, the likeliest
 * @param ignored fields that change nothing here
 */
record EchoedPrompts(List<Prompt> prompts, int tokens, List<String> ignored) {
    private static final int MOST = 256;

    /** What says how tokens are drawn, and when that ends. */
    private static final List<String> SAMPLING =
            List.of("temperature", "top_p", "top_k", "min_p", "seed", "stop", "stream_options");

    /** @param text null for ids */
    private record Prompt(@Nullable String text, List<Integer> ids) {}

    static boolean isWanted(ObjectNode body) {
        return body.path("echo").asBoolean(false) && body.path("logprobs").isNumber();
    }

    /**
     * Reads a request.
     *
     * @param strict whether a field that is not known is refused
     * @throws ApiException if a field is wrong, or asks for more than is known
     */
    static EchoedPrompts read(ObjectNode json, boolean strict) {
        JsonFields body = new JsonFields("", json);
        Integer logprobs = body.integer("logprobs", 0, 1);
        if (logprobs == null || body.text("model") == null) {
            throw ApiException.invalid("model", "'model' is missing: give default");
        }
        Integer most = body.integer("max_tokens", 0, 1);
        if (most == null) {
            throw ApiException.invalid("max_tokens", "with 'echo' and 'logprobs', 'max_tokens' must be 0 or 1");
        }
        if (body.isSet("stream")) {
            throw ApiException.invalid("stream", "an answer with 'echo' and 'logprobs' is not streamed");
        }
        JsonNode prompt = Objects.requireNonNullElse(body.get("prompt"), Json.MAPPER.nullNode());
        List<Prompt> prompts = new ArrayList<>();
        boolean several =
                prompt.isArray() && !prompt.isEmpty() && !prompt.get(0).isNumber();
        for (JsonNode one : several ? prompt : List.of(prompt)) {
            prompts.add(prompt(body, one));
        }
        if (prompts.size() > MOST) {
            throw body.wrong("prompt", MOST + " prompts at most");
        }
        body.flag("echo");
        body.integer("n", 1, 1);
        body.integer("best_of", 1, 1);
        body.get("user");
        List<String> ignored = new ArrayList<>();
        for (String name : SAMPLING) {
            if (body.get(name) != null) {
                ignored.add(name);
            }
        }
        ignored.addAll(FieldRules.finish(body, strict));
        return new EchoedPrompts(List.copyOf(prompts), most, List.copyOf(ignored));
    }

    private static Prompt prompt(JsonFields body, JsonNode one) {
        if (one.isString() && !one.asString().isEmpty()) {
            return new Prompt(one.asString(), List.of());
        }
        return TokenWords.ids(one)
                .filter(ids -> !ids.isEmpty())
                .map(ids -> new Prompt(null, ids))
                .orElseThrow(() -> body.wrong("prompt", "a text, ids of tokens, or an array of such"));
    }

    ObjectNode answer(Backend backend, String model) {
        ObjectNode answer = Json.MAPPER
                .createObjectNode()
                .put("id", AnswerIds.next("cmpl-"))
                .put("object", "text_completion")
                .put("created", System.currentTimeMillis() / 1000)
                .put("model", model);
        ArrayNode choices = answer.putArray("choices");
        Meter meter = new Meter(Budget.UNLIMITED);
        int read = 0;
        for (Prompt prompt : prompts) {
            List<TokenScore> scores = backend.tokenScores(prompt.text(), prompt.ids(), meter);
            read += scores.size() - 1;
            put(choices.addObject().put("index", choices.size() - 1), scores.subList(0, scores.size() - 1 + tokens));
        }
        answer.putObject("usage")
                .put("prompt_tokens", read)
                .put("completion_tokens", tokens * prompts.size())
                .put("total_tokens", read + tokens * prompts.size());
        answer.putObject("espalier").set("ignored", Json.MAPPER.valueToTree(ignored));
        return answer;
    }

    private static void put(ObjectNode choice, List<TokenScore> scores) {
        StringBuilder text = new StringBuilder();
        ObjectNode logprobs = Json.MAPPER.createObjectNode();
        ArrayNode tokens = logprobs.putArray("tokens");
        ArrayNode own = logprobs.putArray("token_logprobs");
        ArrayNode top = logprobs.putArray("top_logprobs");
        ArrayNode offsets = logprobs.putArray("text_offset");
        for (TokenScore score : scores) {
            offsets.add(text.codePointCount(0, text.length()));
            text.append(score.text());
            tokens.add(score.text());
            own.add(score.logProb());
            if (score.likeliest() == null) {
                top.addNull();
            } else {
                top.addObject().put(score.likeliest(), score.likeliestLogProb());
            }
        }
        choice.put("text", text.toString());
        choice.set("logprobs", logprobs);
        choice.put("finish_reason", "length");
    }
}
