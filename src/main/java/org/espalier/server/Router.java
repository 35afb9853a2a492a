package org.espalier.server;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Phaser;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.espalier.sandbox.Sandboxes;
import org.espalier.server.PageFiles.PageFile;
import org.espalier.server.Route.Access;
import org.espalier.server.Route.Handler;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/** Finds what a request asks for, and turns whatever goes wrong into an answer. */
final class Router implements HttpHandler {
    private static final Logger LOG = LoggerFactory.getLogger(Router.class);

    /**
     * What the page may load and do: all of it from here, and nothing of it written into the document. A picture that it has
     * drawn itself, to be saved, is a blob.
     */
    private static final String PAGE_POLICY =
            "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self';"
                    + " img-src 'self' blob:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    /** A client that reads nothing for so long has gone, whatever its connection says. */
    private static final Duration MOST_FOR_A_WRITE = Duration.ofSeconds(60);

    private static final String V1 = "/v1";

    private static final Route NOWHERE = new Route("other", Access.KEY);

    private final ModelPool models;
    private final AccessCheck access;
    /** Changes with the models. */
    private volatile ServerSettings settings;

    private final SolveRoutes solving;
    private final Cors cors;
    private final @Nullable ModelLoading loading;
    private final AdmissionQueue admission;
    private final ActiveSearches active = new ActiveSearches();
    private final Turns turns;
    private final SearchService searches;
    private final Metrics metrics = new Metrics();
    private final ProgramService programs = new ProgramService(Sandboxes::find);
    private final PageFiles pages = new PageFiles();
    private final StalledWrites stalled = new StalledWrites(MOST_FOR_A_WRITE);
    private final Map<String, Route> routes = new TreeMap<>();
    private final Route page = new Route("/", Access.HOST).on("GET", this::page);
    /** What is at all paths below one, by that one. */
    private final Map<String, Route> below = new TreeMap<>();
    /** A party for each request that is being answered, and one until the server stops. */
    private final Phaser unanswered = new Phaser(1);

    /**
     * @param history null if none is kept
     * @param menu null if the models stay those they are
     */
    Router(
            ModelPool models,
            ServerSettings settings,
            AccessCheck access,
            @Nullable HistoryStore history,
            @Nullable ModelMenu menu) {
        this.models = models;
        this.settings = settings;
        this.access = access;
        cors = new Cors(settings.origins());
        admission = new AdmissionQueue(settings.branches(), settings.queue());
        turns = new Turns(models, admission, active);
        searches = new SearchService(models, turns, active, metrics, programs);
        loading = menu == null ? null : new ModelLoading(menu, this::serve);
        models.onLoad((name, held) -> admission.resize(name, held.branches()));
        ModelRoutes listing = new ModelRoutes(models, () -> this.settings.maxN());
        solving = new SolveRoutes(models, settings, searches, turns, access, history, loading);
        addSolving(listing);
        addOllama(listing);
        route("/health", Access.OPEN).on("GET", this::health);
        route("/metrics", Access.KEY).on("GET", this::metrics);
        EngineRoutes engine = new EngineRoutes(menu, loading);
        route(EngineRoutes.PATH, Access.OWNER).on("GET", engine::state).on("POST", engine::load);
        route(EngineRoutes.OFFERS, Access.OWNER).on("GET", engine::offers);
        HistoryRoutes past = new HistoryRoutes(history);
        route(HistoryRoutes.PATH, Access.OWNER).on("GET", past::list).on("DELETE", past::clear);
        below(HistoryRoutes.PATH, Access.OWNER).on("GET", past::read).on("DELETE", past::delete);
    }

    private void addSolving(ModelRoutes listing) {
        route("/v1/chat/completions", Access.KEY).on("POST", solving::chat);
        route("/v1/completions", Access.KEY).on("POST", solving::text);
        route("/v1/search/stop", Access.KEY).on("POST", solving::stop);
        add(new Route("/v1/messages", Access.KEY, ErrorShape.ANTHROPIC)).on("POST", solving::messages);
        add(new Route("/v1/messages/count_tokens", Access.KEY, ErrorShape.ANTHROPIC))
                .on("POST", solving::countTokens);
        ResponsesRoutes responses = new ResponsesRoutes(solving);
        route(ResponsesRoutes.PATH, Access.KEY).on("POST", responses::create);
        below(ResponsesRoutes.PATH, Access.KEY).on("GET", responses::read).on("DELETE", responses::delete);
        JudgeService judges = new JudgeService(models, turns, active, metrics);
        ScoreRoutes scores = new ScoreRoutes(models, judges, () -> settings, loading);
        route("/v1/score", Access.KEY).on("POST", scores::score);
        route("/v1/rerank", Access.KEY).on("POST", scores::rerank);
        TokenRoutes tokens = new TokenRoutes(models, turns, () -> settings, loading);
        route("/tokenize", Access.KEY).on("POST", tokens::tokenize);
        route("/detokenize", Access.KEY).on("POST", tokens::detokenize);
        route("/tokenizer_info", Access.KEY).on("GET", tokens::info);
        route(ModelRoutes.PATH, Access.KEY).on("GET", listing::list);
        below(ModelRoutes.PATH, Access.KEY).on("GET", listing::one);
    }

    private void addOllama(ModelRoutes listing) {
        add(new Route("/api/chat", Access.KEY, ErrorShape.OLLAMA)).on("POST", solving::ollamaChat);
        add(new Route("/api/generate", Access.KEY, ErrorShape.OLLAMA)).on("POST", solving::ollamaGenerate);
        add(new Route("/api/show", Access.KEY, ErrorShape.OLLAMA)).on("POST", listing::show);
        add(new Route("/api/tags", Access.KEY, ErrorShape.OLLAMA)).on("GET", listing::tags);
        add(new Route("/api/ps", Access.KEY, ErrorShape.OLLAMA)).on("GET", listing::running);
        add(new Route("/api/version", Access.KEY, ErrorShape.OLLAMA)).on("GET", listing::version);
    }

    /** Other models are there, and allow something else. No search runs. */
    private void serve(ServerSettings others) {
        settings = others;
        solving.serve(others);
        admission.resize(others.branches());
    }

    private Route route(String path, Access access) {
        return add(new Route(path, access));
    }

    private Route add(Route route) {
        routes.put(route.label(), route);
        return route;
    }

    private Route below(String path, Access access) {
        Route route = new Route(path + "/…", access);
        below.put(path + "/", route);
        return route;
    }

    /**
     * A path as it is spelled here: clients are told an address with {@code /v1} or without, and add a path to it that has it
     * or not; some end it with a slash.
     */
    private String spelled(String path) {
        String bare = path;
        while (bare.length() > 1 && bare.endsWith("/")) {
            bare = bare.substring(0, bare.length() - 1);
        }
        while (bare.startsWith(V1 + V1 + "/")) {
            bare = bare.substring(V1.length());
        }
        if (find(bare).equals(NOWHERE)) {
            for (String other : List.of(V1 + bare, bare.startsWith(V1 + "/") ? bare.substring(V1.length()) : bare)) {
                if (!find(other).equals(NOWHERE) && !find(other).equals(page)) {
                    return other;
                }
            }
            return path;
        }
        // Deleting a run that has no name would delete them all.
        return find(bare).access() == Access.OWNER ? path : bare;
    }

    /** @param path of a request; empty if it has none */
    private Route find(String path) {
        Route exact = routes.get(path);
        if (exact != null) {
            return exact;
        }
        for (Map.Entry<String, Route> entry : below.entrySet()) {
            if (path.startsWith(entry.getKey())) {
                return entry.getValue();
            }
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
            programs.close();
            models.close();
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
        String path =
                spelled(Objects.requireNonNullElse(exchange.getRequestURI().getPath(), ""));
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
        } catch (RuntimeException | Error e) {
            ApiException refusal = Refusals.of(e);
            if (reply.hasBegun()) {
                reply.breakOff();
            }
            refuse(route.equals(NOWHERE) ? ErrorShape.ofPath(path) : route.errors(), reply, refusal);
        }
    }

    /** @throws ApiException if the client may not ask for it, not by this method, or not any more */
    private Handler check(Route route, HttpExchange exchange, Reply reply) {
        boolean asksFirst = exchange.getRequestMethod().equals("OPTIONS") && !route.equals(NOWHERE);
        // Nobody's script is shown what is the user's own.
        if (route.access() != Access.OWNER) {
            cors.allow(exchange, reply);
        }
        if (asksFirst && route.access() != Access.OWNER) {
            access.checkHost(exchange);
            return (asked, path, answer) -> {
                cors.answer(asked, route.allowed() + ", OPTIONS", answer);
                answer.nothing(204);
            };
        }
        if (route.access() != Access.OPEN) {
            access.checkHost(exchange);
            if (route.access() != Access.HOST) {
                access.checkKey(exchange);
            }
            if (route.access() == Access.OWNER) {
                access.checkOwner(exchange);
            }
            if (active.isStopping()) {
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

    private void refuse(ErrorShape shape, Reply reply, ApiException e) throws IOException {
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
        reply.json(e.status(), shape.of(e));
    }

    private void metrics(HttpExchange exchange, String path, Reply reply) throws IOException {
        reply.text(
                "text/plain; version=0.0.4; charset=utf-8",
                metrics.write(admission.admitted(), admission.waiting(), gauges()));
    }

    /** Of all models that are there, together. */
    private Map<String, Long> gauges() {
        Map<String, Long> all = new TreeMap<>();
        models.each(backend -> backend.gauges().forEach((name, value) -> all.merge(name, value, Long::sum)));
        return all;
    }

    private Optional<String> failure() {
        List<String> failures = new ArrayList<>();
        models.each(backend -> backend.failure().ifPresent(failures::add));
        return failures.stream().findFirst();
    }

    private void health(HttpExchange exchange, String path, Reply reply) throws IOException {
        ObjectNode state = Json.MAPPER.createObjectNode();
        // Once it stops the engine may be gone.
        Optional<String> failure = active.isStopping() ? Optional.empty() : failure();
        if (active.isStopping()) {
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
}
