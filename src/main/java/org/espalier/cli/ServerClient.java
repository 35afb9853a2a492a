package org.espalier.cli;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.espalier.model.EspalierException;
import org.espalier.model.UsageException;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Talks to an {@code espalier serve}. Every failure is a sentence that says what to do. */
final class ServerClient {
    static final JsonMapper MAPPER = JsonMapper.builder().build();

    private static final String DATA = "data: ";
    private static final String DONE = "[DONE]";
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(PATIENCE)
            .build();
    private final String server;
    private final @Nullable String apiKey;

    /**
     * @param server its address, such as {@code http://127.0.0.1:8080}; with or without {@code /v1}
     * @param apiKey null if it asks for none
     * @throws UsageException if that is no address
     */
    ServerClient(String server, @Nullable String apiKey) {
        this.server = server.replaceFirst("/+$", "").replaceFirst("/v1$", "");
        this.apiKey = apiKey;
        try {
            URI uri = URI.create(this.server);
            if (uri.getHost() != null && (this.server.startsWith("http://") || this.server.startsWith("https://"))) {
                return;
            }
        } catch (IllegalArgumentException e) {
            // Said below, as for all that is no address.
        }
        throw new UsageException("--server must be an address such as http://127.0.0.1:8080, not " + server);
    }

    /**
     * Posts a request whose answer comes in pieces, and returns when all have come.
     *
     * @throws UsageException if the server finds a mistake in the request
     * @throws EspalierException if it cannot be reached, refuses, or fails
     */
    void stream(String path, ObjectNode body, Consumer<JsonNode> pieces) {
        boolean[] done = new boolean[1];
        try {
            HttpResponse<Stream<String>> response = http.send(post(path, body), BodyHandlers.ofLines());
            try (Stream<String> lines = response.body()) {
                if (response.statusCode() != 200) {
                    throw refusal(response.statusCode(), lines.collect(Collectors.joining("\n")));
                }
                lines.filter(line -> line.startsWith(DATA))
                        .map(line -> line.substring(DATA.length()))
                        .forEach(data -> {
                            done[0] |= data.equals(DONE);
                            if (!data.equals(DONE)) {
                                pieces.accept(whole(data));
                            }
                        });
            }
        } catch (IOException | java.io.UncheckedIOException e) {
            throw unreachable(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EspalierException("interrupted while the server " + server + " was solving", e);
        }
        if (!done[0]) {
            throw new EspalierException("the server " + server + " ended the connection before the search was done");
        }
    }

    private static JsonNode whole(String data) {
        JsonNode piece = MAPPER.readTree(data);
        if (piece.has("error")) {
            throw new EspalierException(
                    "the server failed: " + piece.at("/error/message").asString(""));
        }
        return piece;
    }

    /** Posts a request without waiting for its answer. */
    void post(String path, Object body) {
        http.sendAsync(post(path, MAPPER.valueToTree(body)), BodyHandlers.discarding())
                .join();
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
            message = MAPPER.readTree(body).at("/error/message").asString("");
        } catch (JacksonException e) {
            message = "";
        }
        if (message.isEmpty()) {
            return new EspalierException(
                    server + " is not an Espalier server: it answers " + status + "; start one with 'espalier serve'");
        }
        return switch (status) {
            case 400, 404 -> new UsageException("the server refuses: " + message);
            case 401 ->
                new EspalierException("the server " + server + " wants its API key: give it with --api-key or in "
                        + RemoteOptions.KEY_VARIABLE);
            default ->
                new EspalierException(String.format(Locale.ROOT, "the server refuses (%d): %s", status, message));
        };
    }

    private EspalierException unreachable(Exception e) {
        return new EspalierException(
                "cannot reach a server at " + server + " (" + reason(e)
                        + "): start one with 'espalier serve', or leave out --server",
                e);
    }

    private static String reason(Throwable e) {
        if (e instanceof java.net.ConnectException) {
            return "connection refused";
        }
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }
}
