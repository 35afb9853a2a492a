package org.espalier.server;

import java.util.ArrayList;
import java.util.List;
import org.espalier.model.Problem;
import org.espalier.prompt.PromptOptions;
import org.espalier.server.SolveRequest.Search;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Reads the bodies of requests to solve something. */
final class RequestReader {
    private static final int MOST_STOPS = 4;

    private final ServerSettings settings;

    RequestReader(ServerSettings settings) {
        this.settings = settings;
    }

    /**
     * Of {@code /v1/chat/completions}.
     *
     * @throws ApiException if a field is wrong, missing or not known
     */
    SolveRequest chat(ObjectNode json) {
        JsonFields body = new JsonFields("", json);
        ModelName model = model(body);
        ChatPrompt chat = ChatPrompt.read(body);
        return read(body, model, chat.problem(), chat.prompt());
    }

    /**
     * Of {@code /v1/completions}: the prompt is the problem.
     *
     * @throws ApiException if a field is wrong, missing or not known
     */
    SolveRequest text(ObjectNode json) {
        JsonFields body = new JsonFields("", json);
        ModelName model = model(body);
        JsonNode prompt = body.get("prompt");
        JsonNode text = prompt != null && prompt.isArray() && prompt.size() == 1 ? prompt.get(0) : prompt;
        if (text == null || !text.isString() || text.asString().isBlank()) {
            throw body.wrong("prompt", "a string that states the problem");
        }
        return read(body, model, Problem.of(text.asString()), PromptOptions.NONE);
    }

    private ModelName model(JsonFields body) {
        String model = body.text("model");
        if (model == null) {
            throw ApiException.invalid(
                    "model", "'model' is missing: give default, or a search such as default@dvts-16");
        }
        return ModelName.parse(model, settings.maxN());
    }

    private SolveRequest read(JsonFields body, ModelName model, Problem problem, PromptOptions prompt) {
        SearchFields fields = new SearchFields(settings, body);
        boolean events = fields.events();
        boolean drafts = fields.drafts();
        boolean kept = fields.kept();
        Search search = fields.read(model, problem, prompt);
        List<String> stops = stops(body);
        boolean stream = body.isSet("stream");
        JsonFields options = body.object("stream_options");
        boolean includeUsage = false;
        if (options != null) {
            if (!stream) {
                throw ApiException.invalid("stream_options", "'stream_options' may be given with 'stream': true only");
            }
            includeUsage = options.isSet("include_usage");
            options.flag("include_obfuscation");
            options.refuseOthers();
        }
        UnsupportedFields.finish(body);
        return new SolveRequest(
                model.id(), search, stops, stream, includeUsage, events, events && drafts, stream && events && kept);
    }

    private static List<String> stops(JsonFields body) {
        JsonNode stop = body.get("stop");
        if (stop == null) {
            return List.of();
        }
        List<String> stops = new ArrayList<>();
        if (stop.isArray()) {
            stop.forEach(one -> stops.add(one.isString() ? one.asString() : ""));
        } else {
            stops.add(stop.isString() ? stop.asString() : "");
        }
        if (stops.size() > MOST_STOPS || stops.contains("")) {
            throw body.wrong("stop", "a string or an array of up to " + MOST_STOPS + " strings, none of them empty");
        }
        return List.copyOf(stops);
    }
}
