package org.espalier.server;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.time.Clock;
import java.util.List;
import org.espalier.model.UsageException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Answers what is asked of the policy, in whatever protocol. */
final class SolveRoutes {
    private static final Logger LOG = LoggerFactory.getLogger(SolveRoutes.class);

    private final ModelPool models;
    private final SearchService searches;
    private final Turns turns;
    private final AccessCheck access;
    private final @Nullable HistoryStore history;
    private final @Nullable ModelLoading loading;
    /** Changes with the models. */
    private volatile RequestReader reader;

    /**
     * @param history null if none is kept
     * @param loading null if the models stay those they are
     */
    SolveRoutes(
            ModelPool models,
            ServerSettings settings,
            SearchService searches,
            Turns turns,
            AccessCheck access,
            @Nullable HistoryStore history,
            @Nullable ModelLoading loading) {
        this.models = models;
        this.searches = searches;
        this.turns = turns;
        this.access = access;
        this.history = history;
        this.loading = loading;
        reader = new RequestReader(settings, models::names);
    }

    /** Other models are there, and allow something else. */
    void serve(ServerSettings others) {
        reader = new RequestReader(others, models::names);
    }

    void chat(HttpExchange exchange, String path, Reply reply) throws IOException {
        ObjectNode body = Json.object(Body.read(exchange));
        SolveRequest request = reader.chat(body);
        solve(request, body, new CompletionFormat(ApiFormat.CHAT, request), exchange, reply);
    }

    void text(HttpExchange exchange, String path, Reply reply) throws IOException {
        ObjectNode body = Json.object(Body.read(exchange));
        if (EchoedPrompts.isWanted(body)) {
            echo(reader.echoed(body), new JsonFields("", body).text("model"), exchange, reply);
            return;
        }
        spell(body, exchange);
        SolveRequest request = reader.text(body);
        solve(request, body, new CompletionFormat(ApiFormat.TEXT, request), exchange, reply);
    }

    /** A prompt of ids of tokens, as lm-eval sends it, becomes the text that they stand for. */
    private void spell(ObjectNode body, HttpExchange exchange) throws IOException {
        JsonNode prompt = body.path("prompt");
        JsonNode ids = prompt.size() == 1 && prompt.path(0).isArray() ? prompt.path(0) : prompt;
        List<Integer> tokens = TokenWords.ids(ids).orElse(List.of());
        if (tokens.isEmpty()) {
            return;
        }
        String model = models.meant(new JsonFields("", body).text("model"));
        String text = ModelLoading.holding(
                loading,
                () -> turns.ask(
                        AdmissionQueue.address(exchange),
                        model,
                        false,
                        backend -> new TokenWords(backend.vocabulary().tokenizer()).of("prompt", tokens)));
        body.put("prompt", text);
    }

    /** Likelihoods of texts that are there already: nothing is searched for. */
    private void echo(EchoedPrompts prompts, @Nullable String asked, HttpExchange exchange, Reply reply)
            throws IOException {
        ObjectNode answer;
        String model = models.meant(asked);
        try {
            answer = ModelLoading.holding(
                    loading,
                    () -> turns.ask(
                            AdmissionQueue.address(exchange),
                            model,
                            true,
                            backend -> prompts.answer(backend, models.shown(model))));
        } catch (UsageException e) {
            throw ApiException.invalid("prompt", String.valueOf(e.getMessage()));
        }
        reply.json(200, answer);
    }

    /** Anthropic's. */
    void messages(HttpExchange exchange, String path, Reply reply) throws IOException {
        ObjectNode body = Json.object(Body.read(exchange));
        SolveRequest request = read(MessagesRequests.translate(body));
        solve(request, body, new MessagesFormat(request.model()), exchange, reply);
    }

    /** Anthropic's: how long a prompt is. */
    void countTokens(HttpExchange exchange, String path, Reply reply) throws IOException {
        SolveRequest request = read(MessagesRequests.translate(Json.object(Body.read(exchange))));
        int tokens = ModelLoading.holding(
                loading,
                () -> turns.ask(
                        AdmissionQueue.address(exchange),
                        models.meant(request.model()),
                        false,
                        backend -> backend.promptTokens(
                                request.search().problem(), request.search().prompt())));
        reply.json(200, Json.MAPPER.createObjectNode().put("input_tokens", tokens));
    }

    /** Ollama's. */
    void ollamaChat(HttpExchange exchange, String path, Reply reply) throws IOException {
        ollama(true, exchange, reply);
    }

    /** Ollama's. */
    void ollamaGenerate(HttpExchange exchange, String path, Reply reply) throws IOException {
        ollama(false, exchange, reply);
    }

    private void ollama(boolean chats, HttpExchange exchange, Reply reply) throws IOException {
        ObjectNode body = Json.object(Body.read(exchange));
        JsonNode asked = body.path(chats ? "messages" : "prompt");
        if (asked.isMissingNode()
                || asked.isNull()
                || (asked.isString() ? asked.asString().isEmpty() : asked.isEmpty())) {
            // Ollama's way of having a model loaded.
            String id = new JsonFields("", body).text("model");
            String model = models.meant(id);
            if (models.isChosenFrom()) {
                reader.requireKnown(id);
                turns.ask(AdmissionQueue.address(exchange), model, false, Backend::contextTokens);
            }
            reply.json(200, OllamaFormat.loaded(id == null ? models.shown(model) : id, chats));
            return;
        }
        SolveRequest request = read(chats ? OllamaRequests.chat(body) : OllamaRequests.generate(body));
        solve(request, body, new OllamaFormat(request.model(), chats), exchange, reply);
    }

    /** Reads a request that has been put into a chat's words. */
    SolveRequest read(Translation words) {
        return words.named(words.read(() -> reader.chat(words.chat())));
    }

    void solve(SolveRequest request, ObjectNode body, AnswerFormat format, HttpExchange exchange, Reply reply)
            throws IOException {
        String address = AdmissionQueue.address(exchange);
        String model = models.meant(request.model());
        SolveReply told = request.streaming().on()
                ? new StreamReply(reply, request, format)
                : new JsonReply(reply, request, format);
        SolveReply solving = request.kept() && history != null && access.isOwner(exchange)
                ? new KeptReply(told, request, body, history, Clock.systemUTC())
                : told;
        SearchResult result;
        try {
            result = ModelLoading.holding(
                    loading,
                    () -> searches.run(format.id(), address, request.user(), model, request.search(), solving));
        } catch (RuntimeException | Error e) {
            ApiException failure = Refusals.of(e);
            if (!reply.hasBegun()) {
                throw failure;
            }
            solving.fail(failure);
            return;
        }
        solving.finish(result, models.models(model));
        keep(request, model, result);
    }

    /**
     * Keeps what looks like a conversation: one that has begun already, or that somebody reads along; also behind a reply that a
     * limit has cut, which may be gone on with. Not while others wait.
     */
    private void keep(SolveRequest request, String model, SearchResult result) {
        boolean talks = request.streaming().on()
                || !request.search().problem().history().isEmpty();
        Choice choice = result.choices(1).get(0);
        boolean aside =
                SideRequest.is(request.search().problem(), request.search().prompt());
        if (talks && !choice.text().isEmpty() && !aside) {
            try {
                searches.keep(
                        model, request.search().problem(), request.search().prompt(), choice.text());
            } catch (RuntimeException e) {
                LOG.warn("a conversation cannot be kept: {}", e.getMessage());
            }
        }
    }

    /** Ends a search with what it has, which its own request is then answered with. */
    void stop(HttpExchange exchange, String path, Reply reply) throws IOException {
        JsonFields fields = new JsonFields("", Json.object(Body.read(exchange)));
        String id = fields.text("id");
        fields.refuseOthers();
        if (id == null) {
            throw ApiException.invalid("id", "'id' is missing: give the id of the answer that is being written");
        }
        if (!searches.stop(id)) {
            throw ApiException.refused(404, "no_such_search", "no search with this id is running");
        }
        reply.json(200, Json.MAPPER.createObjectNode().put("id", id).put("stopping", true));
    }
}
