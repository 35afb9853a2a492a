package org.espalier.server;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Phaser;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.espalier.model.EspalierException;
import org.espalier.model.UsageException;
import org.espalier.server.PageFiles.PageFile;
import org.espalier.server.Route.Access;
import org.espalier.server.Route.Handler;
import org.espalier.wire.SearchOutcome.Model;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Finds what a request asks for, and turns whatever goes wrong into an answer. */
final class Router implements HttpHandler {
    private static final Logger LOG = LoggerFactory.getLogger(Router.class);

    private static final String INTERNAL_ERROR = "internal error: the server's log says more";

    private static final String MODELS = "/v1/models";

    /**
     * What the page may load and do: all of it from here, and nothing of it written into the document. A picture that it has
     * drawn itself, to be saved, is a blob.
     */
    private static final String PAGE_POLICY =
            "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self';"
                    + " img-src 'self' blob:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    /** A client that reads nothing for so long has gone, whatever its connection says. */
    private static final Duration MOST_FOR_A_WRITE = Duration.ofSeconds(60);

    private static final Route NOWHERE = new Route("other", Access.KEY);

    private final Backend backend;
    private final AccessCheck access;
    /** Both change with the models. */
    private volatile ServerSettings settings;

    private volatile RequestReader reader;
    private final @Nullable ModelLoading loading;
    private final AdmissionQueue admission;
    private final SearchService searches;
    private final Metrics metrics = new Metrics();
    private final PageFiles pages = new PageFiles();
    private final StalledWrites stalled = new StalledWrites(MOST_FOR_A_WRITE);
    private final Map<String, Route> routes = new TreeMap<>();
    private final @Nullable HistoryStore history;
    private final Route page = new Route("/", Access.HOST).on("GET", this::page);
    private final Route named = new Route(MODELS + "/…", Access.KEY).on("GET", this::model);
    private final Route run;
    /** A party for each request that is being answered, and one until the server stops. */
    private final Phaser unanswered = new Phaser(1);

    private final long created = System.currentTimeMillis() / 1000;

    /**
     * @param history null if none is kept
     * @param menu null if the models stay those they are
     */
    Router(
            Backend backend,
            ServerSettings settings,
            AccessCheck access,
            @Nullable HistoryStore history,
            @Nullable ModelMenu menu) {
        this.backend = backend;
        this.settings = settings;
        this.access = access;
        this.history = history;
        reader = new RequestReader(settings, this::policy);
        admission = new AdmissionQueue(settings.branches(), settings.queue());
        searches = new SearchService(backend, admission, metrics);
        route("/v1/chat/completions", Access.KEY).on("POST", this::chat);
        route("/v1/completions", Access.KEY).on("POST", this::text);
        route("/v1/search/stop", Access.KEY).on("POST", this::stopSearch);
        route(MODELS, Access.KEY).on("GET", this::models);
        route("/health", Access.OPEN).on("GET", this::health);
        route("/metrics", Access.KEY).on("GET", this::metrics);
        loading = menu == null ? null : new ModelLoading(menu, this::serve);
        EngineRoutes engine = new EngineRoutes(menu, loading);
        route(EngineRoutes.PATH, Access.OWNER).on("GET", engine::state).on("POST", engine::load);
        route(EngineRoutes.OFFERS, Access.OWNER).on("GET", engine::offers);
        HistoryRoutes past = new HistoryRoutes(history);
        route(HistoryRoutes.PATH, Access.OWNER).on("GET", past::list).on("DELETE", past::clear);
        run = new Route(HistoryRoutes.PATH + "/…", Access.OWNER)
                .on("GET", past::read)
                .on("DELETE", past::delete);
    }

    /** Other models are there, and allow something else. No search runs. */
    private void serve(ServerSettings others) {
        settings = others;
        reader = new RequestReader(others, this::policy);
        admission.resize(others.branches());
    }

    /** What clients call the policy. */
    private String policy() {
        return policy(backend.models());
    }

    private static String policy(List<Model> models) {
        return models.stream()
                .findFirst()
                .map(model -> ModelName.of(model.name()))
                .orElse(ModelName.DEFAULT);
    }

    private Route route(String path, Access access) {
        Route route = new Route(path, access);
        routes.put(path, route);
        return route;
    }

    /** @param path of a request; empty if it has none */
    private Route find(String path) {
        Route exact = routes.get(path);
        if (exact != null) {
            return exact;
        }
        if (path.startsWith(MODELS + "/")) {
            return named;
        }
        if (path.startsWith(HistoryRoutes.PATH + "/")) {
            return run;
        }
        return path.equals("/") || path.startsWith(PageFiles.PREFIX) ? page : NOWHERE;
    }

    /**
     * Ends what runs with what it has, refuses what comes, and waits for so long until all of it has been answered. To be
     * called once.
     */
    void stop(long millis) throws InterruptedException {
        searches.stop();
        try {
            unanswered.awaitAdvanceInterruptibly(unanswered.arriveAndDeregister(), millis, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            LOG.warn("some clients have not read their answers in time");
        } finally {
            stalled.close();
        }
    }

    /**
     * Answers.
     *
     * @throws IOException if the client has gone: the JDK's server strikes its connection off the list of those that are open,
     *     of which there may only be so many, when it is told so, not when the exchange is closed
     */
    @Override
    public void handle(HttpExchange exchange) throws IOException {
        long began = System.nanoTime();
        Reply reply = new Reply(exchange, stalled);
        String path = Objects.requireNonNullElse(exchange.getRequestURI().getPath(), "");
        Route route = find(path);
        boolean awaited = unanswered.register() >= 0;
        try {
            answer(route, exchange, path, reply);
        } finally {
            try {
                reply.close();
            } finally {
                if (awaited) {
                    unanswered.arriveAndDeregister();
                }
                metrics.answered(route.label(), reply.status(), System.nanoTime() - began);
            }
        }
    }

    private void answer(Route route, HttpExchange exchange, String path, Reply reply) throws IOException {
        try {
            check(route, exchange, reply).answer(exchange, path, reply);
        } catch (ApiException e) {
            refuse(reply, e);
        } catch (RuntimeException | Error e) {
            LOG.error("a request failed", e);
            if (reply.hasBegun()) {
                reply.breakOff();
            }
            refuse(reply, ApiException.failed(INTERNAL_ERROR));
        }
    }

    /** @throws ApiException if the client may not ask for it, not by this method, or not any more */
    private Handler check(Route route, HttpExchange exchange, Reply reply) {
        if (route.access() != Access.OPEN) {
            access.checkHost(exchange);
            if (route.access() != Access.HOST) {
                access.checkKey(exchange);
            }
            if (route.access() == Access.OWNER) {
                access.checkOwner(exchange);
            }
            if (searches.isStopping()) {
                throw ApiException.stopping();
            }
        }
        if (route.equals(NOWHERE)) {
            throw ApiException.refused(
                    404, null, "there is nothing at this path; there are " + String.join(", ", routes.keySet()));
        }
        Handler handler = route.handler(exchange.getRequestMethod());
        if (handler == null) {
            reply.header("Allow", route.allowed());
            throw ApiException.refused(405, null, "only " + route.allowed() + " is allowed at this path");
        }
        return handler;
    }

    private void page(HttpExchange exchange, String path, Reply reply) throws IOException {
        PageFile file =
                pages.find(path).orElseThrow(() -> ApiException.refused(404, null, "the page has no such file"));
        reply.header("Content-Security-Policy", PAGE_POLICY)
                .header("Referrer-Policy", "no-referrer")
                .header("Cache-Control", "no-cache")
                .header("ETag", file.tag());
        if (file.tag().equals(exchange.getRequestHeaders().getFirst("If-None-Match"))) {
            reply.nothing(304);
        } else {
            reply.bytes(file.type(), file.content());
        }
    }

    private void refuse(Reply reply, ApiException e) throws IOException {
        if (e.status() == 429) {
            double rounds = 1.0 + (double) admission.waiting() / Math.max(1, admission.admitted());
            long seconds = (long) Math.ceil(Math.min(3600, rounds * metrics.meanSearchSeconds()));
            reply.header("Retry-After", Long.toString(Math.max(1, seconds)));
        }
        if (e.status() == 503) {
            reply.header("Retry-After", "5");
        }
        if (e.status() == 401) {
            reply.header("WWW-Authenticate", "Bearer");
        }
        reply.json(e.status(), e.body());
    }

    private void chat(HttpExchange exchange, String path, Reply reply) throws IOException {
        ObjectNode body = Json.object(Body.read(exchange));
        SolveRequest request = reader.chat(body);
        solve(request, body, new CompletionFormat(ApiFormat.CHAT, request), exchange, reply);
    }

    private void text(HttpExchange exchange, String path, Reply reply) throws IOException {
        ObjectNode body = Json.object(Body.read(exchange));
        SolveRequest request = reader.text(body);
        solve(request, body, new CompletionFormat(ApiFormat.TEXT, request), exchange, reply);
    }

    private void solve(SolveRequest request, ObjectNode body, AnswerFormat format, HttpExchange exchange, Reply reply)
            throws IOException {
        String address = exchange.getRemoteAddress().getAddress().getHostAddress();
        SolveReply solving = request.streaming().on()
                ? new StreamReply(reply, request, format)
                : new JsonReply(reply, request, format);
        if (request.kept() && history != null && access.isOwner(exchange)) {
            solving = new KeptReply(solving, request, body, history, Clock.systemUTC());
        }
        SearchService.Result result;
        if (loading != null) {
            loading.enter();
        }
        try {
            result = searches.run(format.id(), address, request.user(), request.search(), solving);
        } catch (RuntimeException | Error e) {
            ApiException failure = asRefusal(e);
            if (!reply.hasBegun()) {
                throw failure;
            }
            solving.fail(failure);
            return;
        } finally {
            if (loading != null) {
                loading.leave();
            }
        }
        solving.finish(result, backend.models());
    }

    private static ApiException asRefusal(Throwable e) {
        if (e instanceof ApiException refusal) {
            return refusal;
        }
        if (e instanceof UsageException refused) {
            return ApiException.invalid(refused);
        }
        if (e instanceof EspalierException failed) {
            LOG.warn("a search failed: {}", failed.getMessage());
            return ApiException.failed(String.valueOf(failed.getMessage()));
        }
        LOG.error("a search failed", e);
        return ApiException.failed(INTERNAL_ERROR);
    }

    private void metrics(HttpExchange exchange, String path, Reply reply) throws IOException {
        reply.text(
                "text/plain; version=0.0.4; charset=utf-8",
                metrics.write(admission.admitted(), admission.waiting(), backend.gauges()));
    }

    private void health(HttpExchange exchange, String path, Reply reply) throws IOException {
        ObjectNode state = Json.MAPPER.createObjectNode();
        // Once it stops the engine may be gone.
        Optional<String> failure = searches.isStopping() ? Optional.empty() : backend.failure();
        if (searches.isStopping()) {
            state.put("status", "stopping");
        } else if (failure.isPresent()) {
            state.put("status", "failed").put("reason", failure.get());
        } else if (loading != null && loading.current() != null) {
            state.put("status", "loading");
        } else {
            state.put("status", "ok");
        }
        reply.json(state.get("status").asString().equals("ok") ? 200 : 503, state);
    }

    /** Ends a search with what it has, which its own request is then answered with. */
    private void stopSearch(HttpExchange exchange, String path, Reply reply) throws IOException {
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

    private void models(HttpExchange exchange, String path, Reply reply) throws IOException {
        ObjectNode list = Json.MAPPER.createObjectNode().put("object", "list");
        List<Model> here = backend.models();
        JsonNode models = Json.MAPPER.valueToTree(here);
        ModelName.listed(policy(here)).forEach(id -> list.withArray("data").add(describe(id, models)));
        reply.json(200, list);
    }

    private void model(HttpExchange exchange, String path, Reply reply) throws IOException {
        ModelName name = ModelName.parse(path.substring(MODELS.length() + 1), this::policy, settings.maxN());
        reply.json(200, describe(name.id(), Json.MAPPER.valueToTree(backend.models())));
    }

    private ObjectNode describe(String id, JsonNode models) {
        ObjectNode model = Json.MAPPER
                .createObjectNode()
                .put("id", id)
                .put("object", "model")
                .put("created", created)
                .put("owned_by", "espalier");
        model.putObject("espalier").set("models", models);
        return model;
    }
}
