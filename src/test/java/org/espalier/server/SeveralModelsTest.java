package org.espalier.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.espalier.harness.Waiting;
import org.espalier.model.EspalierException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;

/** Requests that choose among models, over HTTP. Two of the models fit into the memory together, the third only alone. */
@Timeout(60)
class SeveralModelsTest {
    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private final ScriptedModels models = models();
    private final EspalierServer server = EspalierServer.bind("127.0.0.1", 0);

    private static ScriptedModels models() {
        Map<String, Long> sizes = new LinkedHashMap<>();
        sizes.put("small", 3L);
        sizes.put("other", 3L);
        sizes.put("large", 5L);
        sizes.put("huge", 50L);
        sizes.put("broken", 1L);
        return new ScriptedModels(6, sizes);
    }

    private void start() {
        server.start(models, RequestReaderTest.SETTINGS, null);
    }

    @AfterEach
    void stop() {
        models.close();
        server.close();
    }

    private HttpRequest post(String path, String body) {
        return HttpRequest.newBuilder(URI.create(server.url() + path))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body.replace('\'', '"')))
                .build();
    }

    private HttpResponse<String> send(String path, String body) throws Exception {
        return CLIENT.send(post(path, body), BodyHandlers.ofString());
    }

    private HttpResponse<String> solve(String model) throws Exception {
        return send("/v1/completions", "{'model': '" + model + "', 'prompt': 'how much'}");
    }

    private CompletableFuture<HttpResponse<String>> solving(String model) {
        return CLIENT.sendAsync(
                post("/v1/completions", "{'model': '" + model + "', 'prompt': 'how much'}"), BodyHandlers.ofString());
    }

    private JsonNode get(String path) throws Exception {
        return Json.MAPPER.readTree(text(path));
    }

    private String text(String path) throws Exception {
        return CLIENT.send(
                        HttpRequest.newBuilder(URI.create(server.url() + path)).build(), BodyHandlers.ofString())
                .body();
    }

    private void awaitWaiting(int count) {
        Waiting.until(
                count + " wait",
                () -> text("/metrics").lines().anyMatch(("espalier_requests_queued " + count)::equals));
    }

    @Test
    void aRequestHasItsModelLoaded() throws Exception {
        start();
        assertThat(models.log).containsExactly("+small");
        assertThat(solve("default").statusCode()).isEqualTo(200);
        JsonNode answer = Json.MAPPER.readTree(solve("other@majority-4").body());
        assertThat(answer.path("model").asString()).isEqualTo("other@majority-4");
        assertThat(solve("small").statusCode()).isEqualTo(200);
        assertThat(models.log).containsExactly("+small", "+other");
        assertThat(solve("Large").statusCode()).isEqualTo(200);
        assertThat(models.log).containsExactly("+small", "+other", "-other", "-small", "+large");
    }

    @Test
    void theListSaysWhatThereIsAndWhatIsLoaded() throws Exception {
        start();
        List<String> ids = new ArrayList<>();
        JsonNode list = get("/v1/models");
        list.path("data")
                .forEach(model -> ids.add(model.path("id").asString() + " "
                        + model.at("/status/value").asString()));
        assertThat(ids)
                .containsExactly(
                        "small loaded",
                        "small@greedy loaded",
                        "other unloaded",
                        "large unloaded",
                        "huge unloaded",
                        "broken unloaded");
        assertThat(get("/v1/models/other@beam-4").at("/espalier/models/0/name").asString())
                .isEqualTo("other");
        assertThat(list.at("/data/3/espalier/bytes").asLong()).isEqualTo(5);
        assertThat(list.at("/data/3/espalier/refusal").isMissingNode()).isTrue();
        assertThat(list.at("/data/4/espalier/refusal").asString()).isEqualTo("it takes 50, and there is 6");
        assertThat(get("/api/tags").at("/models/3/size").asLong()).isEqualTo(5);
        JsonNode shown =
                Json.MAPPER.readTree(send("/api/show", "{'model': 'large'}").body());
        assertThat(shown.at("/model_info/espalier.context_length").asInt()).isEqualTo(1000);
        assertThat(models.log).containsExactly("+small");
        JsonNode running = get("/api/ps").path("models");
        assertThat(running).hasSize(1);
        assertThat(running.at("/0/name").asString()).isEqualTo("small");
        assertThat(running.at("/0/size").asLong()).isEqualTo(3);
    }

    @Test
    void whatIsNotKnownOrDoesNotFitOrIsDamagedIsRefused() throws Exception {
        start();
        HttpResponse<String> unknown = solve("gpt-4o");
        assertThat(unknown.statusCode()).isEqualTo(404);
        assertThat(unknown.body()).contains("there are small, other, large");
        HttpResponse<String> wide = solve("huge");
        assertThat(wide.statusCode()).isEqualTo(400);
        assertThat(wide.body()).contains("model_does_not_fit").contains("these fit: small, other, large");
        HttpResponse<String> broken = solve("broken");
        assertThat(broken.statusCode()).isEqualTo(400);
        assertThat(broken.body()).contains("its file is damaged");
        assertThat(solve("default").statusCode()).isEqualTo(200);
    }

    @Test
    void aModelStaysWhileARequestUsesItAndOthersWaitTheirTurn() throws Exception {
        start();
        models.backend("small").hold();
        CompletableFuture<HttpResponse<String>> first = solving("small");
        Waiting.until("it runs", () -> !models.backend("small").asked().isEmpty());
        CompletableFuture<HttpResponse<String>> large = solving("large");
        awaitWaiting(1);
        CompletableFuture<HttpResponse<String>> again = solving("small");
        awaitWaiting(2);
        assertThat(models.log).containsExactly("+small");
        models.backend("small").release();
        assertThat(first.join().statusCode()).isEqualTo(200);
        assertThat(large.join().statusCode()).isEqualTo(200);
        assertThat(again.join().statusCode()).isEqualTo(200);
        assertThat(models.log).containsExactly("+small", "-small", "+large", "-large", "+small");
    }

    @Test
    void whoGoesAwayWhileItsModelIsLoadedHoldsUpNobody() throws Exception {
        CountDownLatch gate = models.gate("other");
        start();
        CompletableFuture<HttpResponse<String>> gone = CLIENT.sendAsync(
                post(
                        "/v1/chat/completions",
                        "{'model': 'other', 'stream': true, 'messages': [{'role': 'user', 'content': 'x'}]}"),
                BodyHandlers.ofString());
        Waiting.until(
                "it is loading",
                () -> get("/v1/models").at("/data/2/status/value").asString().equals("loading"));
        gone.cancel(true);
        CompletableFuture<HttpResponse<String>> next = solving("small");
        assertThat(next.join().statusCode()).isEqualTo(200);
        gate.countDown();
        assertThat(solve("other").statusCode()).isEqualTo(200);
        assertThat(models.loadedTwice).hasValue(0);
    }

    /** Also of a model that is to be loaded first: what is wrong has a status of its own. */
    @Test
    void aStreamBeginsOnceItIsCheckedAgainstItsModel() throws Exception {
        start();
        String stream = "{'model': '%s', 'stream': true, 'logit_bias': {'%d': 1},"
                + " 'messages': [{'role': 'user', 'content': '%s'}]}";
        for (String model : List.of("small", "other")) {
            HttpResponse<String> refused =
                    send("/v1/chat/completions", stream.formatted(model, ScriptedBackend.VOCABULARY, "x"));
            assertThat(refused.statusCode()).as(refused.body()).isEqualTo(400);
            assertThat(refused.body()).contains("\"param\":\"logit_bias\"");
        }
        HttpResponse<String> tooLong =
                send("/v1/chat/completions", stream.formatted("large", 1, "x ".repeat(ScriptedBackend.CONTEXT)));
        assertThat(tooLong.statusCode()).isEqualTo(400);
        assertThat(tooLong.body()).contains("context_length_exceeded");
        HttpResponse<String> broken = send("/v1/chat/completions", stream.formatted("broken", 1, "x"));
        assertThat(broken.statusCode()).isEqualTo(400);
        assertThat(broken.body()).contains("model_not_loaded");
        assertThat(send("/v1/chat/completions", stream.formatted("other", 1, "x"))
                        .body())
                .endsWith("data: [DONE]\n\n");
    }

    @Test
    void theOtherEndpointsChooseToo() throws Exception {
        start();
        assertThat(send("/v1/score", "{'model': 'other', 'problem': 'x', 'steps': ['y']}")
                        .statusCode())
                .isEqualTo(200);
        assertThat(models.log).containsExactly("+small", "+other");
        assertThat(send("/api/generate", "{'model': 'large', 'prompt': ''}").statusCode())
                .isEqualTo(200);
        assertThat(models.log).endsWith("+large");
        assertThat(send("/api/generate", "{'model': 'none', 'prompt': ''}").statusCode())
                .isEqualTo(404);
        assertThat(send(
                                "/v1/completions",
                                "{'model': 'other', 'prompt': 'a b', 'echo': true, 'logprobs': 1, 'max_tokens': 0}")
                        .body())
                .contains("\"model\":\"other\"");
        assertThat(models.log).endsWith("-large", "+other");
        assertThat(send(
                                "/v1/messages/count_tokens",
                                "{'model': 'small', 'messages': [{'role': 'user', 'content': 'one two three'}]}")
                        .body())
                .contains("3");
        assertThat(get("/v1/engine").path("switchable").asBoolean()).isFalse();
    }

    @Test
    void keptConversationsGoWithTheirModel() throws Exception {
        start();
        String talk =
                "{'model': 'small@greedy', 'messages': [{'role': 'user', 'content': 'a'}, {'role': 'assistant', 'content': 'b'},"
                        + " {'role': 'user', 'content': 'c'}]}";
        ScriptedBackend before = models.backend("small");
        assertThat(send("/v1/chat/completions", talk).statusCode()).isEqualTo(200);
        Waiting.until("it is kept", () -> before.kept().size() == 1);
        assertThat(solve("large").statusCode()).isEqualTo(200);
        assertThat(send("/v1/chat/completions", talk).statusCode()).isEqualTo(200);
        assertThat(models.backend("small")).isNotSameAs(before);
    }

    @Test
    void aDefaultThatCannotBeLoadedIsSaidAtTheStart() {
        Map<String, Long> sizes = Map.of("broken", 1L);
        try (ScriptedModels none = new ScriptedModels(6, sizes);
                EspalierServer failing = EspalierServer.bind("127.0.0.1", 0)) {
            assertThatExceptionOfType(EspalierException.class)
                    .isThrownBy(() -> failing.start(none, RequestReaderTest.SETTINGS, null))
                    .withMessage("its file is damaged");
        }
    }
}
