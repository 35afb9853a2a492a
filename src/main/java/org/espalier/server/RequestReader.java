package org.espalier.server;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.espalier.model.DrawnTokens;
import org.espalier.model.Problem;
import org.espalier.model.ReplyForm;
import org.espalier.prompt.PromptOptions;
import org.espalier.server.SolveRequest.Search;
import org.espalier.server.SolveRequest.Streaming;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Reads what OpenAI's {@code /v1/chat/completions} and {@code /v1/completions} are asked. Other protocols are put into these words. */
final class RequestReader {
    /** OpenAI's limit. */
    private static final int MOST_STOPS_STRICTLY = 4;

    private static final int MOST_STOPS = 64;
    private static final int LONGEST_USER = 256;

    private final ServerSettings settings;
    private final Supplier<List<String>> policies;

    /** @param policies what clients call them */
    RequestReader(ServerSettings settings, Supplier<List<String>> policies) {
        this.settings = settings;
        this.policies = policies;
    }

    /**
     * Of {@code /v1/chat/completions}.
     *
     * @throws ApiException if a field is wrong or missing, or asks for what is not done here
     */
    SolveRequest chat(ObjectNode json) {
        JsonFields body = new JsonFields("", json);
        ModelName model = model(body);
        ChatPrompt chat = ChatPrompt.read(body);
        Effort effort = Effort.read(body);
        if (effort == null && SideRequest.is(chat.problem(), chat.prompt())) {
            PromptOptions bare = chat.prompt().instruction() == null ? PromptOptions.instructed("") : chat.prompt();
            return read(
                    body,
                    model,
                    chat.problem(),
                    bare,
                    Effort.NONE,
                    true,
                    SideForm.of(chat.problem().text()));
        }
        return read(body, model, chat.problem(), chat.prompt(), effort, true, null);
    }

    /**
     * Of {@code /v1/completions} with {@code echo} and {@code logprobs}.
     *
     * @throws ApiException if a field is wrong, or asks for more than is known
     */
    EchoedPrompts echoed(ObjectNode json) {
        return EchoedPrompts.read(json, settings.strict());
    }

    /**
     * Of {@code /v1/completions}: the prompt is the problem.
     *
     * @throws ApiException if a field is wrong or missing, or asks for what is not done here
     */
    SolveRequest text(ObjectNode json) {
        JsonFields body = new JsonFields("", json);
        ModelName model = model(body);
        JsonNode prompt = body.get("prompt");
        JsonNode text = prompt != null && prompt.isArray() && prompt.size() == 1 ? prompt.get(0) : prompt;
        if (text == null || !text.isString() || text.asString().isBlank()) {
            throw body.wrong("prompt", "a string that states the problem");
        }
        return read(body, model, Problem.of(text.asString()), PromptOptions.NONE, Effort.read(body), false, null);
    }

    private ModelName model(JsonFields body) {
        String model = body.text("model");
        if (model == null) {
            throw ApiException.invalid(
                    "model", "'model' is missing: give default, or a search such as default@dvts-16");
        }
        return ModelName.parse(model, policies, settings.maxN());
    }

    /**
     * Passes if a model is called so, or none is named.
     *
     * @throws ApiException with status 404 if there is no such model
     */
    void requireKnown(@Nullable String model) {
        if (model != null) {
            ModelName.parse(model, policies, settings.maxN());
        }
    }

    /**
     * @param chats whether the reply may call tools: a text has no place for calls
     * @param otherwise the reply's form where the request asks for none; null for free text
     */
    private SolveRequest read(
            JsonFields body,
            ModelName model,
            Problem problem,
            PromptOptions prompt,
            @Nullable Effort effort,
            boolean chats,
            @Nullable ReplyForm otherwise) {
        SearchFields fields = new SearchFields(settings, body);
        boolean events = fields.events();
        boolean drafts = fields.drafts();
        boolean kept = fields.kept();
        boolean progress = fields.progress();
        ReplyForms forms = ReplyForms.read(body, chats).orElse(otherwise);
        List<String> stops = stops(body);
        Search search = fields.read(
                model,
                problem.in(forms.form()).stoppedAt(stops),
                prompt.withVariables(variables(body, effort)).withTools(forms.tools()),
                effort);
        if (search.program() != null) {
            requireWhole(stops, forms);
        }
        boolean stream = body.isSet("stream");
        String user = user(body);
        int logprobs = chats ? chatLogprobs(body) : textLogprobs(body);
        List<String> ignored = new ArrayList<>();
        JsonFields options = body.object("stream_options");
        boolean usage = false;
        if (options != null) {
            if (!stream && settings.strict()) {
                throw ApiException.invalid("stream_options", "'stream_options' may be given with 'stream': true only");
            }
            usage = options.isSet("include_usage");
            options.flag("include_obfuscation");
            if (settings.strict()) {
                options.refuseOthers();
            }
            ignored.addAll(stream ? options.others() : List.of("stream_options"));
        }
        ignored.addAll(FieldRules.finish(body, settings.strict()));
        return new SolveRequest(
                model.id(),
                search,
                stream ? new Streaming(true, usage, events, events && drafts, progress) : Streaming.NONE,
                stream && events && kept,
                user,
                List.copyOf(ignored),
                logprobs);
    }

    /** Likeliest tokens that are told with each token; negative if tokens are not told. */
    private static int chatLogprobs(JsonFields body) {
        boolean told = body.isSet("logprobs");
        Integer top = body.integer("top_logprobs", 0, DrawnTokens.MOST_LIKELIEST);
        if (top != null && top > 0 && !told) {
            throw ApiException.invalid("top_logprobs", "'top_logprobs' may be given with 'logprobs': true only");
        }
        return told ? (top == null ? 0 : top) : -1;
    }

    private static int textLogprobs(JsonFields body) {
        JsonNode value = body.get("logprobs");
        if (value == null || (value.isBoolean() && !value.asBoolean())) {
            return -1;
        }
        Integer top = body.integer("logprobs", 0, DrawnTokens.MOST_LIKELIEST);
        return top == null ? -1 : top;
    }

    /** A program has a form of its own, and comes whole. */
    private static void requireWhole(List<String> stops, ReplyForms forms) {
        if (!stops.isEmpty()) {
            throw ApiException.unsupported("stop", "'stop' is not supported beside a program, which comes whole");
        }
        if (forms.form() != null || !forms.tools().isEmpty()) {
            throw ApiException.unsupported(
                    "espalier.domain",
                    "'espalier.domain' code goes without 'tools' and 'response_format': the reply is a program");
        }
    }

    /** Some clients have numbers for their users. */
    private static String user(JsonFields body) {
        JsonNode user = body.get("user");
        String name = user == null || user.isContainer() ? "" : user.asString();
        return name.length() <= LONGEST_USER ? name : name.substring(0, LONGEST_USER);
    }

    /** Variables of the chat template: those that are given, and whether to think where the effort or a field says so. */
    private static Map<String, ?> variables(JsonFields body, @Nullable Effort effort) {
        Map<String, Object> variables = new LinkedHashMap<>();
        JsonNode thinking = body.get("thinking");
        if (effort == Effort.NONE || (thinking != null && isOff(thinking))) {
            variables.put("enable_thinking", false);
        }
        Boolean enabled = body.flag("enable_thinking");
        if (enabled != null) {
            variables.put("enable_thinking", enabled);
        }
        JsonFields given = body.object("chat_template_kwargs");
        if (given != null) {
            JsonNode kwargs = body.get("chat_template_kwargs");
            Map<?, ?> said = Json.MAPPER.convertValue(kwargs, Map.class);
            said.forEach((name, value) -> variables.put(String.valueOf(name), value));
        }
        return variables;
    }

    private static boolean isOff(JsonNode thinking) {
        return thinking.path("type").asString("").equals("disabled") || (thinking.isBoolean() && !thinking.asBoolean());
    }

    /** OpenAI allows a text or four; none, and empty ones, ask for nothing. */
    private List<String> stops(JsonFields body) {
        JsonNode stop = body.get("stop");
        if (stop == null) {
            return List.of();
        }
        List<String> stops = new ArrayList<>();
        boolean strict = settings.strict();
        int most = strict ? MOST_STOPS_STRICTLY : MOST_STOPS;
        boolean wrong = !stop.isString() && !stop.isArray();
        for (JsonNode one : stop.isArray() ? stop : List.of(stop)) {
            boolean empty = one.isNull() || (one.isString() && one.asString().isEmpty());
            wrong |= empty ? strict : !one.isString();
            if (!empty && one.isString()) {
                stops.add(one.asString());
            }
        }
        if (wrong || stops.size() > most) {
            throw body.wrong("stop", "a string or an array of up to " + most + " strings, none of them empty");
        }
        return List.copyOf(stops);
    }
}
