package org.espalier.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Browsers that ask for pages from elsewhere. */
@Timeout(60)
class CorsTest {
    private static final String PAGE = "http://localhost:3000";
    private static final String ALLOWED = "Access-Control-Allow-Origin";

    private final ScriptedBackend backend = new ScriptedBackend();
    private final EspalierServer server = EspalierServer.bind("127.0.0.1", 0);

    private void serve(String... origins) {
        ServerSettings one = RequestReaderTest.SETTINGS;
        server.start(
                backend,
                new ServerSettings(
                        "key",
                        one.branches(),
                        one.queue(),
                        one.maxN(),
                        one.budget(),
                        one.method(),
                        one.config(),
                        null,
                        null,
                        Set.of(),
                        false,
                        Set.of(origins),
                        true));
    }

    @AfterEach
    void stop() {
        server.close();
        backend.close();
    }

    private HttpResponse<String> send(String method, String path, String... headers) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(server.url() + path))
                .method(
                        method,
                        method.equals("POST")
                                ? BodyPublishers.ofString("{\"model\":\"default\",\"prompt\":\"how much\"}")
                                : BodyPublishers.noBody());
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        return HttpClient.newHttpClient().send(request.build(), BodyHandlers.ofString());
    }

    @Test
    void aBrowserThatAsksFirstIsToldWhatItMaySend() throws Exception {
        serve(PAGE);
        HttpResponse<String> told = send(
                "OPTIONS",
                "/v1/chat/completions",
                "Origin",
                PAGE,
                "Access-Control-Request-Method",
                "POST",
                "Access-Control-Request-Headers",
                "authorization,content-type,x-stainless-os",
                "Access-Control-Request-Private-Network",
                "true");
        assertThat(told.statusCode()).as("without a key").isEqualTo(204);
        assertThat(told.headers().firstValue(ALLOWED)).hasValue(PAGE);
        assertThat(told.headers().firstValue("Vary")).hasValue("Origin");
        assertThat(told.headers().firstValue("Access-Control-Allow-Methods")).hasValue("POST, OPTIONS");
        assertThat(told.headers().firstValue("Access-Control-Allow-Headers"))
                .hasValue("authorization,content-type,x-stainless-os");
        assertThat(told.headers().firstValue("Access-Control-Allow-Private-Network"))
                .hasValue("true");
        HttpResponse<String> answer = send(
                "POST",
                "/v1/completions",
                "Origin",
                PAGE,
                "Content-Type",
                "application/json",
                "Authorization",
                "Bearer key");
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue(ALLOWED)).hasValue(PAGE);
        HttpResponse<String> refused = send("GET", "/v1/models", "Origin", PAGE);
        assertThat(refused.statusCode()).isEqualTo(401);
        assertThat(refused.headers().firstValue(ALLOWED))
                .as("the page reads why")
                .hasValue(PAGE);
    }

    @Test
    void othersAreToldNothing() throws Exception {
        serve(PAGE);
        HttpResponse<String> told = send(
                "OPTIONS", "/v1/completions", "Origin", "http://evil.example", "Access-Control-Request-Method", "POST");
        assertThat(told.statusCode()).isEqualTo(403);
        assertThat(told.headers().firstValue(ALLOWED)).isEmpty();
        HttpResponse<String> own = send("GET", "/v1/history", "Origin", PAGE, "Authorization", "Bearer key");
        assertThat(own.statusCode()).isEqualTo(200);
        assertThat(own.headers().firstValue(ALLOWED)).as("the user's own").isEmpty();
    }

    @Test
    void withoutOriginsNobodyIsToldAnything() throws Exception {
        serve();
        assertThat(send("OPTIONS", "/v1/models", "Origin", PAGE).statusCode()).isEqualTo(403);
        HttpResponse<String> told = send("OPTIONS", "/v1/models");
        assertThat(told.statusCode()).isEqualTo(204);
        assertThat(told.headers().firstValue("Allow")).hasValue("GET, HEAD, OPTIONS");
        assertThat(send("GET", "/health", "Origin", PAGE).headers().map()).doesNotContainKeys(ALLOWED, "Vary");
    }

    @Test
    void allMayBeAllowed() throws Exception {
        serve(Cors.ANY);
        assertThat(send("GET", "/health", "Origin", PAGE).headers().firstValue(ALLOWED))
                .hasValue(PAGE);
    }
}
