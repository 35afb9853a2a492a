package org.espalier.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.espalier.harness.Waiting;
import org.espalier.model.EspalierException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** Other models in the place of those that are served, over HTTP. */
@Timeout(60)
class EngineRoutesTest {
    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private static final String COUNTED =
            "{\"model\":\"default\",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}";
    private static final String GOOD = "{\"policy\":\"small\",\"prm\":\"judge\",\"fetch\":true}";

    private final ScriptedBackend backend = new ScriptedBackend();
    private final EspalierServer server = EspalierServer.bind("127.0.0.1", 0);
    private final Menu menu = new Menu();

    /** Two models, which are there when the latch says so. */
    private static final class Menu implements ModelMenu {
        private final CountDownLatch there = new CountDownLatch(1);
        private volatile @Nullable String asked;
        private volatile boolean fails;

        @Override
        public List<Offer> offers() {
            return List.of(
                    new Offer("small", "policy", 7, true, "bundled", null),
                    new Offer("judge", "prm", 8, false, "catalogue", "Judges."));
        }

        @Override
        public ServerSettings load(String policy, @Nullable String prm, Progress progress) {
            asked = policy + " " + prm + " " + progress.mayFetch();
            progress.fetching("judge", 3, 8);
            try {
                there.await();
            } catch (InterruptedException e) {
                throw new EspalierException("interrupted", e);
            }
            if (fails) {
                throw new EspalierException("it does not fit");
            }
            ServerSettings settings = RequestReaderTest.SETTINGS;
            return new ServerSettings(
                    null,
                    3,
                    2,
                    2,
                    settings.budget(),
                    settings.method(),
                    settings.config(),
                    null,
                    null,
                    settings.hosts());
        }
    }

    @AfterEach
    void stop() {
        menu.there.countDown();
        backend.release();
        server.close();
        backend.close();
    }

    private void start(@Nullable ModelMenu with) {
        server.start(backend, RequestReaderTest.SETTINGS, null, with);
    }

    private HttpRequest post(String path, String body) {
        return HttpRequest.newBuilder(URI.create(server.url() + path))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body))
                .build();
    }

    private HttpResponse<String> send(String path, String body) throws Exception {
        return CLIENT.send(post(path, body), BodyHandlers.ofString());
    }

    private JsonNode get(String path) throws Exception {
        return Json.MAPPER.readTree(CLIENT.send(
                        HttpRequest.newBuilder(URI.create(server.url() + path)).build(), BodyHandlers.ofString())
                .body());
    }

    private HttpResponse<String> solve(int n) throws Exception {
        return send("/v1/completions", "{\"model\":\"default@majority-" + n + "\",\"prompt\":\"how much\"}");
    }

    private void awaitLoaded() {
        Waiting.until(
                "models are loaded", () -> get("/v1/engine").get("loading").isNull());
    }

    @Test
    void loadsOthersWhileRequestsAreToldToComeBack() throws Exception {
        start(menu);
        assertThat(get("/v1/engine").get("switchable").asBoolean()).isTrue();
        assertThat(get("/v1/engine/models").at("/data/1/name").asString()).isEqualTo("judge");
        assertThat(solve(4).statusCode()).isEqualTo(200);
        assertThat(send("/v1/engine", GOOD).statusCode()).isEqualTo(202);
        Waiting.until("a fetch", () -> get("/v1/engine").at("/loading/done").asLong() == 3);
        assertThat(get("/v1/engine").at("/loading/doing").asString()).isEqualTo("Fetching judge");
        assertThat(menu.asked).isEqualTo("small judge true");
        HttpResponse<String> refused = solve(1);
        assertThat(refused.statusCode()).isEqualTo(503);
        assertThat(refused.headers().firstValue("Retry-After")).isPresent();
        assertThat(refused.body()).contains("loading_models");
        assertThat(send("/v1/score", "{\"problem\":\"x\",\"steps\":[\"y\"]}").statusCode())
                .isEqualTo(503);
        assertThat(send("/v1/messages/count_tokens", COUNTED).statusCode()).isEqualTo(503);
        assertThat(get("/health").get("status").asString()).isEqualTo("loading");
        assertThat(send("/v1/engine", GOOD).statusCode()).isEqualTo(409);
        menu.there.countDown();
        awaitLoaded();
        assertThat(solve(1).statusCode()).isEqualTo(200);
        assertThat(solve(4).statusCode()).as("what the new models allow").isEqualTo(404);
    }

    @Test
    void whatCannotBeLoadedIsSaid() throws Exception {
        start(menu);
        menu.fails = true;
        menu.there.countDown();
        send("/v1/engine", GOOD);
        awaitLoaded();
        assertThat(get("/v1/engine").get("failure").asString()).isEqualTo("it does not fit");
        assertThat(solve(4).statusCode()).as("those before").isEqualTo(200);
    }

    @Test
    void noSearchLosesItsModels() throws Exception {
        start(menu);
        backend.hold();
        CompletableFuture<HttpResponse<String>> search = CLIENT.sendAsync(
                post("/v1/completions", "{\"model\":\"default\",\"prompt\":\"how much\"}"), BodyHandlers.ofString());
        Waiting.until("the search has begun", () -> !backend.asked().isEmpty());
        HttpResponse<String> refused = send("/v1/engine", GOOD);
        assertThat(refused.statusCode()).isEqualTo(409);
        assertThat(refused.body()).contains("a search is running or waiting");
        backend.release();
        assertThat(search.get().statusCode()).isEqualTo(200);
        menu.there.countDown();
        Waiting.until("the search has left", () -> send("/v1/engine", GOOD).statusCode() == 202);
        awaitLoaded();
    }

    @Test
    void aServerMayKeepItsModels() throws Exception {
        start(null);
        assertThat(get("/v1/engine").get("switchable").asBoolean()).isFalse();
        assertThat(get("/v1/engine/models").get("data")).isEmpty();
        assertThat(send("/v1/engine", GOOD).statusCode()).isEqualTo(403);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{} | 400 | policy",
                "{\"policy\":7} | 400 | policy",
                "{\"policy\":\"/etc/passwd\"} | 404 | policy",
                "{\"policy\":\"../small\"} | 404 | policy",
                "{\"policy\":\"small\",\"prm\":\"likelihood:/etc/passwd\"} | 404 | prm",
                "{\"policy\":\"small\",\"fetch\":1} | 400 | fetch",
                "{\"policy\":\"small\",\"other\":1} | 400 | other",
                "[] | 400 | null"
            })
    void namesOfTheListAlone(String body, int status, String param) throws Exception {
        start(menu);
        HttpResponse<String> refused = send("/v1/engine", body);
        assertThat(refused.statusCode()).as(refused.body()).isEqualTo(status);
        assertThat(Json.MAPPER.readTree(refused.body()).at("/error/param").asString("null"))
                .isEqualTo(param);
        assertThat(menu.asked).isNull();
    }

    @Test
    void noBodyIsTheServersFault() throws Exception {
        start(menu);
        menu.there.countDown();
        Random random = new Random(5);
        for (int i = 0; i < 300; i++) {
            byte[] body = Mutation.of(GOOD.getBytes(StandardCharsets.UTF_8), random);
            HttpResponse<String> response = CLIENT.send(
                    HttpRequest.newBuilder(URI.create(server.url() + "/v1/engine"))
                            .header("Content-Type", "application/json")
                            .POST(BodyPublishers.ofByteArray(body))
                            .build(),
                    BodyHandlers.ofString());
            assertThat(response.statusCode()).as(response.body()).isIn(202, 400, 404, 409);
        }
        awaitLoaded();
        assertThat(solve(1).statusCode()).isEqualTo(200);
    }
}
