package org.espalier.server;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import tools.jackson.databind.JsonNode;

/**
 * Fields of OpenAI's API, and of servers that took it up, that are not honoured here. Those that would change what is written are
 * refused, unless their value asks for what is done anyway; all others are ignored, and the answer lists them. A field that one
 * path honours, such as {@code tools}, has been read there, and its rule here is for the other paths.
 */
final class FieldRules {
    /** They say who asks, or how the asking is accounted for. */
    private static final List<String> WHO = List.of(
            "metadata", "service_tier", "safety_identifier", "prompt_cache_key", "prompt_cache_retention", "store");

    private record Neutral(Predicate<JsonNode> value, String instead) {}

    private static final String CHATS_ALONE = "tools are called in chats alone";
    private static final Neutral OTHER_SAMPLER =
            new Neutral(FieldRules::isZero, "tokens are drawn by temperature, top_k, top_p and min_p alone here");
    private static final Neutral OTHER_SHARE =
            new Neutral(is(1.0), "tokens are drawn by temperature, top_k, top_p and min_p alone here");
    private static final Neutral TEXT_ALONE = new Neutral(FieldRules::never, "only text is read and written here");
    private static final Neutral UNCONSTRAINED =
            new Neutral(FieldRules::isNothing, "the text cannot be constrained so here");
    private static final String TEXTS_ALONE = "it is for texts that are written";
    private static final String OTHER_PENALTIES =
            "the penalties here are presence_penalty, frequency_penalty and repeat_penalty";

    private static final Map<String, Neutral> NEUTRAL = Map.ofEntries(
            Map.entry("tools", new Neutral(FieldRules::isNothing, CHATS_ALONE)),
            Map.entry("tool_choice", new Neutral(is("none"), CHATS_ALONE)),
            Map.entry("functions", new Neutral(FieldRules::isNothing, "give a chat's functions as 'tools'")),
            Map.entry("function_call", new Neutral(is("none"), "give 'tool_choice', beside a chat's 'tools'")),
            Map.entry(
                    "response_format",
                    new Neutral(value -> value.path("type").asString("").equals("text"), UNCONSTRAINED.instead)),
            Map.entry("logprobs", new Neutral(FieldRules::isFalse, TEXTS_ALONE)),
            Map.entry("top_logprobs", new Neutral(FieldRules::isZero, "give the number as 'logprobs'")),
            Map.entry("n_probs", new Neutral(FieldRules::isZero, "give 'logprobs'")),
            Map.entry(
                    "prompt_logprobs",
                    new Neutral(
                            value -> isFalse(value) || isZero(value), "give 'echo' and 'logprobs' in /v1/completions")),
            Map.entry("dry_multiplier", new Neutral(FieldRules::isZero, OTHER_PENALTIES)),
            Map.entry("length_penalty", new Neutral(is(1.0), OTHER_PENALTIES)),
            Map.entry("mirostat", OTHER_SAMPLER),
            Map.entry("xtc_probability", OTHER_SAMPLER),
            Map.entry("dynatemp_range", OTHER_SAMPLER),
            Map.entry("top_a", OTHER_SAMPLER),
            Map.entry("typical_p", OTHER_SHARE),
            Map.entry("typ_p", OTHER_SHARE),
            Map.entry("tfs_z", OTHER_SHARE),
            Map.entry(
                    "top_n_sigma",
                    new Neutral(value -> value.isNumber() && value.asDouble() <= 0, OTHER_SAMPLER.instead)),
            Map.entry("use_beam_search", new Neutral(FieldRules::isFalse, "choose a search with 'espalier.method'")),
            Map.entry("min_tokens", new Neutral(FieldRules::isZero, "a completion ends where the model ends it")),
            Map.entry("ignore_eos", new Neutral(FieldRules::isFalse, "a completion ends where the model ends it")),
            Map.entry("stop_token_ids", new Neutral(FieldRules::isNothing, "give the texts as 'stop'")),
            Map.entry(
                    "include_stop_str_in_output",
                    new Neutral(FieldRules::isFalse, "a completion ends before what it is stopped by")),
            Map.entry("bad_words", UNCONSTRAINED),
            Map.entry("grammar", UNCONSTRAINED),
            Map.entry("json_schema", UNCONSTRAINED),
            Map.entry("guided_json", UNCONSTRAINED),
            Map.entry("guided_regex", UNCONSTRAINED),
            Map.entry("guided_choice", UNCONSTRAINED),
            Map.entry("guided_grammar", UNCONSTRAINED),
            Map.entry("structured_outputs", UNCONSTRAINED),
            Map.entry("documents", new Neutral(FieldRules::isNothing, "put documents into a message")),
            Map.entry(
                    "chat_template", new Neutral(FieldRules::isNothing, "the server's operator chooses the template")),
            Map.entry(
                    "add_generation_prompt",
                    new Neutral(FieldRules::isTrue, "a reply is always opened, or goes on from the assistant's last")),
            Map.entry(
                    "modalities",
                    new Neutral(
                            value -> value.size() == 1
                                    && value.path(0).asString("").equals("text"),
                            TEXT_ALONE.instead)),
            Map.entry("audio", TEXT_ALONE),
            Map.entry("web_search_options", new Neutral(FieldRules::never, "nothing is looked up here")),
            Map.entry(
                    "echo",
                    new Neutral(FieldRules::isFalse, "a prompt is repeated in /v1/completions alone, with 'logprobs'")),
            Map.entry("suffix", new Neutral(FieldRules::isNothing, "text is only written after a prompt here")));

    private FieldRules() {}

    private static boolean isNothing(JsonNode value) {
        return value.isContainer()
                ? value.isEmpty()
                : value.isString() && value.asString().isEmpty();
    }

    private static boolean isFalse(JsonNode value) {
        return value.isBoolean() && !value.asBoolean();
    }

    private static boolean isTrue(JsonNode value) {
        return value.isBoolean() && value.asBoolean();
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

    private static Predicate<JsonNode> is(double number) {
        return value -> value.isNumber() && value.asDouble() == number;
    }

    /**
     * Looks at the fields that nobody has read.
     *
     * @param strict whether one that is not known is refused
     * @return the names of those that are ignored
     * @throws ApiException if one asks for something that is not done here, or must be known and is not
     */
    static List<String> finish(JsonFields body, boolean strict) {
        List<String> ignored = new ArrayList<>();
        for (String name : WHO) {
            if (body.get(name) != null) {
                ignored.add(name);
            }
        }
        NEUTRAL.forEach((name, neutral) -> {
            if (body.isUnread(name)) {
                JsonNode value = body.get(name);
                if (value != null && !neutral.value.test(value)) {
                    throw ApiException.unsupported(name, "'" + name + "' is not supported: " + neutral.instead);
                }
            }
        });
        if (strict) {
            body.refuseOthers();
        }
        ignored.addAll(body.others());
        return List.copyOf(ignored);
    }
}
