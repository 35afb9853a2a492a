package org.espalier.server;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.espalier.model.EspalierException;
import org.espalier.model.UsageException;
import org.espalier.server.PageFiles.PageFile;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Finds what a request asks for, and turns whatever goes wrong into an answer. */
final class Router implements HttpHandler {
    private static final Logger LOG = LoggerFactory.getLogger(Router.class);

    private static final String INTERNAL_ERROR = "internal error: the server's log says more";

    private static final String CHAT = "/v1/chat/completions";
    private static final String TEXT = "/v1/completions";
    private static final String MODELS = "/v1/models";
    private static final String HEALTH = "/health";
    private static final String METRICS = "/metrics";
    private static final String STOP = "/v1/search/stop";

    private static final Map<String, String> METHODS =
            Map.of(CHAT, "POST", TEXT, "POST", STOP, "POST", MODELS, "GET", HEALTH, "GET", METRICS, "GET");

    /** What the page may load and do: all of it from here, and nothing of it written into the document. */
    private static final String PAGE_POLICY =
            "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self';"
                    + " img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private final Backend backend;
    private final ServerSettings settings;
    private final Gate gate;
    private final RequestReader reader;
    private final Turnstile turnstile;
    private final Searches searches;
    private final Metrics metrics = new Metrics();
    private final PageFiles pages = new PageFiles();
    /** A permit less for each request that is being answered. */
    private final Semaphore unanswered = new Semaphore(Integer.MAX_VALUE);

    private final long created = System.currentTimeMillis() / 1000;

    Router(Backend backend, ServerSettings settings, Gate gate) {
        this.backend = backend;
        this.settings = settings;
        this.gate = gate;
        reader = new RequestReader(settings);
        turnstile = new Turnstile(settings.branches(), settings.queue());
        searches = new Searches(backend, turnstile, metrics);
    }

    /** Ends what runs with what it has, refuses what comes, and waits for so long until all of it has been answered. */
    void stop(long millis) throws InterruptedException {
        searches.stop();
        if (!unanswered.tryAcquire(Integer.MAX_VALUE, millis, TimeUnit.MILLISECONDS)) {
            LOG.warn("some clients have not read their answers in time");
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
        Reply reply = new Reply(exchange);
        String path = exchange.getRequestURI().getPath();
        unanswered.acquireUninterruptibly();
        try {
            answer(exchange, path == null ? "" : path, reply);
        } finally {
            exchange.close();
            unanswered.release();
            metrics.answered(label(path), reply.status(), System.nanoTime() - began);
        }
    }

    private static String label(String path) {
        if (path != null && METHODS.containsKey(path)) {
            return path;
        }
        if (path != null && (path.equals("/") || path.startsWith(PageFiles.PREFIX))) {
            return "/";
        }
        return path != null && path.startsWith(MODELS + "/") ? MODELS + "/…" : "other";
    }

    private void answer(HttpExchange exchange, String path, Reply reply) throws IOException {
        try {
            if (!path.equals(HEALTH)) {
                gate.checkHost(exchange);
            }
            Optional<PageFile> page = pages.find(path);
            if (page.isPresent()) {
                // It holds no secret, and asks for the key where there is one.
                show(page.get(), exchange, reply);
                return;
            }
            if (!path.equals(HEALTH)) {
                gate.checkKey(exchange);
            }
            checkMethod(exchange, path, reply);
            switch (path) {
                case STOP -> stopSearch(Json.object(Body.read(exchange)), reply);
                case CHAT -> solve(reader.chat(Json.object(Body.read(exchange))), Dialect.CHAT, exchange, reply);
                case TEXT -> solve(reader.text(Json.object(Body.read(exchange))), Dialect.TEXT, exchange, reply);
                case MODELS -> reply.json(200, models());
                case HEALTH -> health(reply);
                case METRICS ->
                    reply.text(
                            "text/plain; version=0.0.4; charset=utf-8",
                            metrics.write(turnstile.inside(), turnstile.waiting(), backend.gauges()));
                default -> reply.json(200, model(path.substring(MODELS.length() + 1)));
            }
        } catch (ApiException e) {
            refuse(reply, e);
        } catch (RuntimeException e) {
            LOG.error("a request failed", e);
            if (!reply.hasBegun()) {
                refuse(reply, ApiException.failed(INTERNAL_ERROR));
            }
        }
    }

    private static void show(PageFile page, HttpExchange exchange, Reply reply) throws IOException {
        checkMethod("GET", exchange, reply);
        reply.header("Content-Security-Policy", PAGE_POLICY)
                .header("Referrer-Policy", "no-referrer")
                .header("Cache-Control", "no-cache")
                .header("ETag", page.tag());
        if (page.tag().equals(exchange.getRequestHeaders().getFirst("If-None-Match"))) {
            reply.nothing(304);
        } else {
            reply.bytes(page.type(), page.content());
        }
    }

    /** @throws ApiException if there is nothing at the path, or not by this method */
    private static void checkMethod(HttpExchange exchange, String path, Reply reply) {
        String method = path.startsWith(MODELS + "/") ? "GET" : METHODS.get(path);
        if (method == null) {
            throw ApiException.refused(
                    404, null, "there is nothing at this path; there are " + String.join(", ", paths()));
        }
        checkMethod(method, exchange, reply);
    }

    private static void checkMethod(String method, HttpExchange exchange, Reply reply) {
        if (!exchange.getRequestMethod().equals(method)) {
            reply.header("Allow", method);
            throw ApiException.refused(405, null, "only " + method + " is allowed at this path");
        }
    }

    private static List<String> paths() {
        return METHODS.keySet().stream().sorted().toList();
    }

    private void refuse(Reply reply, ApiException e) throws IOException {
        if (e.status() == 429) {
            double rounds = 1.0 + (double) turnstile.waiting() / Math.max(1, turnstile.inside());
            long seconds = (long) Math.ceil(Math.min(3600, rounds * metrics.meanSearchSeconds()));
            reply.header("Retry-After", Long.toString(Math.max(1, seconds)));
        }
        if (e.status() == 401) {
            reply.header("WWW-Authenticate", "Bearer");
        }
        reply.json(e.status(), e.body());
    }

    private void solve(SolveRequest request, Dialect dialect, HttpExchange exchange, Reply reply) throws IOException {
        String who = exchange.getRemoteAddress().getAddress().getHostAddress();
        Answers answers = new Answers(dialect, request.model());
        SolveReply solving =
                request.stream() ? new StreamedReply(reply, request, answers) : new WholeReply(reply, request, answers);
        Searches.Result result;
        try {
            result = searches.run(answers.id(), who, request.search(), solving);
        } catch (ApiException e) {
            if (!reply.hasBegun()) {
                throw e;
            }
            solving.fail(e);
            return;
        } catch (UsageException e) {
            solving.fail(ApiException.invalid(null, String.valueOf(e.getMessage())));
            return;
        } catch (EspalierException e) {
            LOG.warn("a search failed: {}", e.getMessage());
            solving.fail(ApiException.failed(String.valueOf(e.getMessage())));
            return;
        } catch (RuntimeException e) {
            LOG.error("a search failed", e);
            solving.fail(ApiException.failed(INTERNAL_ERROR));
            return;
        }
        solving.finish(result, backend.models());
    }

    private void health(Reply reply) throws IOException {
        Optional<String> failure = backend.failure();
        ObjectNode state = Json.MAPPER.createObjectNode();
        if (searches.isStopping()) {
            state.put("status", "stopping");
        } else if (failure.isPresent()) {
            state.put("status", "failed").put("reason", failure.get());
        } else {
            state.put("status", "ok");
        }
        reply.json(state.get("status").asString().equals("ok") ? 200 : 503, state);
    }

    /** Ends a search with what it has, which its own request is then answered with. */
    private void stopSearch(ObjectNode body, Reply reply) throws IOException {
        Fields fields = new Fields("", body);
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

    private ObjectNode models() {
        ObjectNode list = Json.MAPPER.createObjectNode().put("object", "list");
        JsonNode models = Json.MAPPER.valueToTree(backend.models());
        ModelName.listed(settings.maxN()).forEach(id -> list.withArray("data").add(describe(id, models)));
        return list;
    }

    private ObjectNode model(String id) {
        return describe(ModelName.parse(id, settings.maxN()).id(), Json.MAPPER.valueToTree(backend.models()));
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
