package org.espalier.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What no client of good will sends, byte by byte. */
@Timeout(60)
class MalformedRequestsTest {
    private final ScriptedBackend backend = new ScriptedBackend();
    private final EspalierServer server = EspalierServer.bind("127.0.0.1", 0);

    @BeforeEach
    void start() {
        server.start(backend, RequestReaderTest.SETTINGS);
    }

    @AfterEach
    void stop() {
        server.close();
        backend.close();
    }

    private int health() throws Exception {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create(server.url() + "/health")).build();
        return HttpClient.newHttpClient()
                .send(request, BodyHandlers.discarding())
                .statusCode();
    }

    /** Every one is answered with a status of its own, and the server goes on. */
    @Test
    void malformedRequestsAreRefused() throws Exception {
        long seed = 11;
        Random random = new Random(seed);
        String good = """
                {"model": "default@dvts-4", "messages": [{"role": "user", "content": "how much"}], "n": 1, "seed": 3,
                "espalier": {"beamWidth": 2, "deadline": "5s"}}""";
        int served = 0;
        for (int i = 0; i < 1000; i++) {
            byte[] body = Mutation.of(good.getBytes(StandardCharsets.UTF_8), random);
            String head = "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                    + "Content-Type: application/json\r\nContent-Length: " + body.length + "\r\n\r\n";
            String answer = raw(head + new String(body, StandardCharsets.ISO_8859_1));
            assertThat(answer)
                    .as("case %d of seed %d: %s", i, seed, new String(body, StandardCharsets.ISO_8859_1))
                    .matches("(?s)HTTP/1\\.1 (200|400|404) .*");
            served += answer.startsWith("HTTP/1.1 200") ? 1 : 0;
        }
        assertThat(served).isLessThan(500);
        assertThat(health()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "nonsense\r\n\r\n",
                "GET\r\n\r\n",
                "GET /health\r\n\r\n",
                "GET health HTTP/1.1\r\nHost: localhost\r\n\r\n",
                "GET //health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
                "GET /%zz HTTP/1.1\r\nHost: localhost\r\n\r\n",
                "GET /%00 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
                "GET * HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
                "GET /v1/models/a%0d%0aX-Injected:%201 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
                "POST /v1/completions HTTP/1.1\r\nHost: localhost\r\nContent-Length: -5\r\n\r\n",
                "POST /v1/completions HTTP/1.1\r\nHost: localhost\r\nContent-Length: x\r\n\r\n",
                "POST /v1/completions HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n"
                        + "Connection: close\r\n\r\n0\r\n\r\n",
            })
    void brokenHttpHurtsNobody(String request) throws Exception {
        String answer = raw(request);
        assertThat(answer)
                .satisfiesAnyOf(
                        none -> assertThat(none).isEmpty(),
                        refused -> assertThat(refused)
                                .matches("(?s)HTTP/1\\.1 4.. .*")
                                .doesNotContain("\nX-Injected"));
        assertThat(health()).isEqualTo(200);
    }

    @Test
    void aNameThatSomebodyPointsAtThisMachineIsRefused() throws Exception {
        assertThat(raw("GET /v1/models HTTP/1.1\r\nHost: evil.example:80\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 403 ");
        assertThat(raw("GET /v1/models HTTP/1.1\r\nHost: localhost:1234\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 200 ");
        assertThat(raw("GET /v1/models HTTP/1.1\r\nHost: [::1]\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 200 ");
        assertThat(raw("GET /v1/models HTTP/1.1\r\nHost: 127.0.0.1.evil.example\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 403 ");
        assertThat(raw("GET /v1/models HTTP/1.1\r\nConnection: close\r\n\r\n")).startsWith("HTTP/1.1 403 ");
    }

    private String raw(String request) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", URI.create(server.url()).getPort())) {
            OutputStream out = socket.getOutputStream();
            out.write(request.getBytes(StandardCharsets.ISO_8859_1));
            out.flush();
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
