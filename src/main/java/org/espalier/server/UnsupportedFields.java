package org.espalier.server;

import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** OpenAI's fields that have no effect here: some are ignored, others are refused unless their value asks for nothing. */
final class UnsupportedFields {
    /** They say who asks, or how the asking is accounted for. */
    private static final List<String> IGNORED = List.of(
            "user",
            "metadata",
            "service_tier",
            "safety_identifier",
            "prompt_cache_key",
            "prompt_cache_retention",
            "parallel_tool_calls");

    private record Neutral(Predicate<JsonNode> value, String instead) {}

    private static final Map<String, Neutral> NEUTRAL = Map.ofEntries(
            Map.entry("tools", new Neutral(UnsupportedFields::isNothing, "the models here call no tools")),
            Map.entry("tool_choice", new Neutral(is("none"), "the models here call no tools")),
            Map.entry("functions", new Neutral(UnsupportedFields::isNothing, "the models here call no functions")),
            Map.entry("function_call", new Neutral(is("none"), "the models here call no functions")),
            Map.entry(
                    "response_format",
                    new Neutral(
                            value -> value.path("type").asString("").equals("text"),
                            "only {\"type\": \"text\"} is written here")),
            Map.entry(
                    "logprobs",
                    new Neutral(
                            UnsupportedFields::isFalse,
                            "ask for scores instead: the answer's 'espalier' object has those of each step")),
            Map.entry(
                    "top_logprobs",
                    new Neutral(
                            UnsupportedFields::isZero, "the answer's 'espalier' object has the scores of each step")),
            Map.entry("logit_bias", new Neutral(UnsupportedFields::isNothing, "sampling is not biased here")),
            Map.entry("presence_penalty", new Neutral(UnsupportedFields::isZero, "sampling has no penalties here")),
            Map.entry("frequency_penalty", new Neutral(UnsupportedFields::isZero, "sampling has no penalties here")),
            Map.entry(
                    "modalities",
                    new Neutral(
                            value -> value.size() == 1
                                    && value.path(0).asString("").equals("text"),
                            "only text is read and written here")),
            Map.entry("audio", new Neutral(UnsupportedFields::never, "only text is read and written here")),
            Map.entry("prediction", new Neutral(UnsupportedFields::never, "nothing is predicted here")),
            Map.entry("web_search_options", new Neutral(UnsupportedFields::never, "nothing is looked up here")),
            Map.entry(
                    "reasoning_effort",
                    new Neutral(
                            UnsupportedFields::never,
                            "choose the effort with 'espalier.n' or a model such as default@dvts-16")),
            Map.entry("store", new Neutral(UnsupportedFields::isFalse, "nothing is stored here")),
            Map.entry("echo", new Neutral(UnsupportedFields::isFalse, "the prompt is not repeated here")),
            Map.entry("suffix", new Neutral(UnsupportedFields::never, "text is only written after a prompt here")),
            Map.entry(
                    "best_of",
                    new Neutral(
                            UnsupportedFields::never,
                            "choose a search with 'espalier' or a model such as default@best-of-n-16")));

    private UnsupportedFields() {}

    private static boolean isNothing(JsonNode value) {
        return value.isContainer() && value.isEmpty();
    }

    private static boolean isFalse(JsonNode value) {
        return value.isBoolean() && !value.asBoolean();
    }

    private static boolean isZero(JsonNode value) {
        return value.isNumber() && value.asDouble() == 0;
    }

    private static boolean never(JsonNode value) {
        return false;
    }

    private static Predicate<JsonNode> is(String text) {
        return value -> value.isString() && value.asString().equals(text);
    }

    /** @throws ApiException if one asks for something that is not done here, or there is one that nobody has read */
    static void finish(JsonFields body) {
        IGNORED.forEach(body::get);
        NEUTRAL.forEach((name, neutral) -> {
            @Nullable JsonNode value = body.get(name);
            if (value != null && !neutral.value.test(value)) {
                throw ApiException.unsupported(name, "'" + name + "' is not supported: " + neutral.instead);
            }
        });
        body.refuseOthers();
    }
}
