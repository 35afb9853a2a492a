package org.espalier.server;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.espalier.model.EspalierException;
import org.espalier.model.UsageException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
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

    private static final Map<String, String> METHODS =
            Map.of(CHAT, "POST", TEXT, "POST", MODELS, "GET", HEALTH, "GET", METRICS, "GET");

    private final Backend backend;
    private final ServerSettings settings;
    private final Gate gate;
    private final RequestReader reader;
    private final Turnstile turnstile;
    private final Searches searches;
    private final Metrics metrics = new Metrics();
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

    @Override
    public void handle(HttpExchange exchange) {
        long began = System.nanoTime();
        Reply reply = new Reply(exchange);
        String path = exchange.getRequestURI().getPath();
        unanswered.acquireUninterruptibly();
        try {
            answer(exchange, path == null ? "" : path, reply);
        } catch (IOException e) {
            LOG.debug("a client has gone", e);
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
        return path != null && path.startsWith(MODELS + "/") ? MODELS + "/…" : "other";
    }

    private void answer(HttpExchange exchange, String path, Reply reply) throws IOException {
        try {
            if (!path.equals(HEALTH)) {
                gate.check(exchange);
            }
            checkMethod(exchange, path, reply);
            switch (path) {
                case CHAT -> solve(reader.chat(Json.object(Body.read(exchange))), Dialect.CHAT, reply);
                case TEXT -> solve(reader.text(Json.object(Body.read(exchange))), Dialect.TEXT, reply);
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

    /** @throws ApiException if there is nothing at the path, or not by this method */
    private static void checkMethod(HttpExchange exchange, String path, Reply reply) {
        String method = path.startsWith(MODELS + "/") ? "GET" : METHODS.get(path);
        if (method == null) {
            throw ApiException.refused(
                    404, null, "there is nothing at this path; there are " + String.join(", ", paths()));
        }
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

    private void solve(SolveRequest request, Dialect dialect, Reply reply) throws IOException {
        Answers answers = new Answers(dialect, request.model());
        SolveReply solving =
                request.stream() ? new StreamedReply(reply, request, answers) : new WholeReply(reply, request, answers);
        Searches.Result result;
        try {
            result = searches.run(request.search(), solving);
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
        boolean stopping = searches.isStopping();
        reply.json(stopping ? 503 : 200, Json.MAPPER.createObjectNode().put("status", stopping ? "stopping" : "ok"));
    }

    private ObjectNode models() {
        ObjectNode list = Json.MAPPER.createObjectNode().put("object", "list");
        ModelName.listed(settings.maxN()).forEach(id -> list.withArray("data").add(describe(id)));
        return list;
    }

    private ObjectNode model(String id) {
        return describe(ModelName.parse(id, settings.maxN()).id());
    }

    private ObjectNode describe(String id) {
        ObjectNode model = Json.MAPPER
                .createObjectNode()
                .put("id", id)
                .put("object", "model")
                .put("created", created)
                .put("owned_by", "espalier");
        model.putObject("espalier").set("models", Json.MAPPER.valueToTree(backend.models()));
        return model;
    }
}
