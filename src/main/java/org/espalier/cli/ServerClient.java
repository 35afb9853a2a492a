package org.espalier.cli;

import java.io.IOException;
import java.net.ConnectException;
import java.net.ProtocolException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.espalier.model.EspalierException;
import org.espalier.model.Excerpt;
import org.espalier.model.UsageException;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Talks to an {@code espalier serve}. Every failure is a sentence that says what to do. */
final class ServerClient {
    static final JsonMapper MAPPER = JsonMapper.builder().build();

    private static final int MAX_PORT = 65_535;
    private static final String DATA = "data:";
    private static final String DONE = "[DONE]";
    private static final Duration CONNECT = Duration.ofSeconds(10);
    private static final int POLL_MILLIS = 50;
    private static final int REFUSAL_BYTES = 1 << 16;
    private static final int REASON_CHARACTERS = 300;

    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT)
            .build();
    private final String server;
    private final @Nullable String apiKey;
    private final ServerLimits limits;
    private volatile long heardNanos;
    private volatile long stopNanos = Long.MAX_VALUE;

    /**
     * @param server its address, such as {@code http://127.0.0.1:8080}; with or without {@code /v1}
     * @param apiKey null if it asks for none
     * @throws UsageException if that is no address
     */
    ServerClient(String server, @Nullable String apiKey) {
        this(server, apiKey, ServerLimits.USUAL);
    }

    ServerClient(String server, @Nullable String apiKey, ServerLimits limits) {
        this.server = server.replaceFirst("/+$", "").replaceFirst("/v1$", "");
        this.apiKey = apiKey;
        this.limits = limits;
        if (apiKey != null && !apiKey.chars().allMatch(character -> character > ' ' && character < 0x7f)) {
            throw new UsageException(
                    "--api-key (or " + RemoteOptions.KEY_VARIABLE + ") has characters that a key cannot have");
        }
        try {
            URI uri = URI.create(this.server);
            if (uri.getHost() != null
                    && uri.getPort() <= MAX_PORT
                    && uri.getPort() != 0
                    && uri.getUserInfo() == null
                    && uri.getQuery() == null
                    && uri.getFragment() == null
                    && (this.server.startsWith("http://") || this.server.startsWith("https://"))) {
                return;
            }
        } catch (IllegalArgumentException e) {
            // Said below, as for all that is no address.
        }
        throw new UsageException("--server must be an address such as http://127.0.0.1:8080, not " + server);
    }

    /** The server has no room for a request now. */
    static final class BusyException extends EspalierException {
        private static final long serialVersionUID = 1L;

        private BusyException(String message) {
            super(message);
        }
    }

    /** Its address. */
    String url() {
        return server;
    }

    ServerLimits limits() {
        return limits;
    }

    /**
     * Asks for a JSON object, and waits for it some seconds.
     *
     * @throws EspalierException if it cannot be reached, refuses, or answers with something else
     */
    JsonNode get(String path) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(server + path)).timeout(CONNECT);
        try {
            HttpResponse<String> response = http.send(
                    (apiKey == null ? request : request.header("Authorization", "Bearer " + apiKey)).build(),
                    BodyHandlers.ofString());
            if (response.statusCode() != 200) {
                throw refusal(response.statusCode(), response.body());
            }
            JsonNode answer = MAPPER.readTree(response.body());
            if (!answer.isObject()) {
                throw noEspalier("it sends what is not a JSON object");
            }
            return answer;
        } catch (JacksonException e) {
            throw noEspalier("it sends something that is not JSON");
        } catch (IOException e) {
            throw failure(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EspalierException("interrupted while asking the server " + server, e);
        }
    }

    /**
     * Posts a request whose answer comes in pieces, and returns when all have come.
     *
     * @param deadline of the search; null for none
     * @param pieces gets them, on another thread
     * @throws UsageException if the server finds a mistake in the request
     * @throws EspalierException if it cannot be reached, refuses, fails, falls silent, or says what it should not
     */
    void stream(String path, ObjectNode body, @Nullable Duration deadline, Consumer<JsonNode> pieces) {
        boolean[] done = new boolean[1];
        StringBuilder refusal = new StringBuilder();
        heardNanos = System.nanoTime();
        Runnable heard = () -> heardNanos = System.nanoTime();
        CompletableFuture<HttpResponse<Void>> exchange = http.sendAsync(post(path, body), head -> {
            heard.run();
            if (head.statusCode() != 200) {
                return new EventLines(REFUSAL_BYTES, REFUSAL_BYTES, heard, line -> {
                    refusal.append(line).append('\n');
                    return true;
                });
            }
            String type = head.headers().firstValue("Content-Type").orElse("");
            if (!type.toLowerCase(Locale.ROOT).startsWith("text/event-stream")) {
                throw noEspalier("it does not send events");
            }
            if (head.headers().firstValue("Content-Encoding").isPresent()) {
                throw noEspalier("it compresses what it sends");
            }
            return new EventLines(limits.lineBytes(), limits.bodyBytes(), heard, line -> {
                done[0] = line.startsWith(DATA)
                        && take(line.substring(DATA.length()).strip(), pieces);
                return !done[0];
            });
        });
        int status = await(exchange, deadline);
        if (status != 200) {
            throw refusal(status, refusal.toString());
        }
        if (!done[0]) {
            throw new EspalierException("the server " + server + " ended the connection before the search was done");
        }
    }

    /** Returns whether that was the end. */
    private boolean take(String data, Consumer<JsonNode> pieces) {
        if (data.equals(DONE)) {
            return true;
        }
        JsonNode piece;
        try {
            piece = MAPPER.readTree(data);
        } catch (JacksonException e) {
            throw noEspalier("it sends something that is not JSON");
        }
        if (!piece.isObject()) {
            throw noEspalier("it sends what is not a JSON object");
        }
        if (piece.has("error")) {
            throw new EspalierException("the server failed: " + message(piece));
        }
        pieces.accept(piece);
        return false;
    }

    private int await(CompletableFuture<HttpResponse<Void>> exchange, @Nullable Duration deadline) {
        long begin = System.nanoTime();
        try {
            while (true) {
                try {
                    return exchange.get(POLL_MILLIS, TimeUnit.MILLISECONDS).statusCode();
                } catch (TimeoutException stillRunning) {
                    requirePatience(begin, deadline);
                }
            }
        } catch (ExecutionException e) {
            throw failure(e.getCause() == null ? e : e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EspalierException("interrupted while the server " + server + " was solving", e);
        } finally {
            exchange.cancel(true);
        }
    }

    private void requirePatience(long begin, @Nullable Duration deadline) {
        long now = System.nanoTime();
        if (now - heardNanos > limits.silence().toNanos()) {
            throw new EspalierException(
                    "the server %s has said nothing for %d s, where it should say twice a second that it"
                                    .formatted(server, limits.silence().toSeconds())
                            + " is there: gave up waiting");
        }
        if (stopNanos != Long.MAX_VALUE && now - stopNanos > limits.afterStop().toNanos()) {
            throw new EspalierException("the server " + server + " did not end the search when it was asked to");
        }
        if (deadline != null
                && now - begin > limits.afterDeadline().plus(deadline).toNanos()) {
            throw new EspalierException("the server %s has not answered %d s after the deadline: gave up waiting"
                    .formatted(server, limits.afterDeadline().toSeconds()));
        }
    }

    /** Posts that a search is to end; if it does not end soon, it is given up. Does not wait. */
    void endSoon(String path, Object body) {
        stopNanos = System.nanoTime();
        CompletableFuture<HttpResponse<Void>> unused =
                http.sendAsync(post(path, MAPPER.valueToTree(body)), BodyHandlers.discarding());
    }

    private HttpRequest post(String path, JsonNode body) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(server + path))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(MAPPER.writeValueAsString(body)));
        return (apiKey == null ? request : request.header("Authorization", "Bearer " + apiKey)).build();
    }

    private EspalierException refusal(int status, String body) {
        String message;
        try {
            message = message(MAPPER.readTree(body));
        } catch (JacksonException e) {
            message = "";
        }
        if (message.isEmpty()) {
            return noEspalier("it answers " + status);
        }
        return switch (status) {
            case 400, 404 -> new UsageException("the server refuses: " + message);
            case 401 ->
                new EspalierException("the server " + server + " wants its API key: give it with --api-key or in "
                        + RemoteOptions.KEY_VARIABLE);
            case 429 -> new BusyException("the server " + server + " is busy: " + message);
            default ->
                new EspalierException(String.format(Locale.ROOT, "the server refuses (%d): %s", status, message));
        };
    }

    /** In one line, whatever the server makes of it. */
    private static String message(JsonNode body) {
        String message = body.at("/error/message")
                .asString("")
                .replaceAll("[\\p{Cntrl}\\s]+", " ")
                .strip();
        return Excerpt.of(message, REASON_CHARACTERS);
    }

    private EspalierException noEspalier(String why) {
        return new EspalierException(
                "%s is not an Espalier server: %s; start one with 'espalier serve'".formatted(server, why));
    }

    private EspalierException failure(Throwable thrown) {
        for (Throwable e = thrown; e != null; e = e.getCause()) {
            if (e instanceof EspalierException known) {
                return known;
            }
            if (e instanceof EventLines.UnreadableException) {
                return noEspalier("it sends " + e.getMessage());
            }
            if (e instanceof ProtocolException) {
                return noEspalier("its answer is not HTTP");
            }
        }
        return new EspalierException(
                "cannot reach a server at %s (%s): start one with 'espalier serve', or leave out --server"
                        .formatted(server, reason(thrown)),
                thrown);
    }

    private static String reason(Throwable thrown) {
        if (thrown instanceof ConnectException) {
            return thrown.getCause() instanceof UnresolvedAddressException
                    ? "there is no such host"
                    : "connection refused";
        }
        return thrown instanceof HttpTimeoutException ? "it does not answer" : "the connection was cut";
    }
}
