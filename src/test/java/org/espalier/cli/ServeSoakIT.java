package org.espalier.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Many clients at once, some of which go away: nobody is lost, and nothing is left behind. Longer with
 * {@code -Despalier.serve.soak.seconds=600}.
 */
class ServeSoakIT {
    private static final int CLIENTS = 64;
    private static final long SECONDS = Long.getLong("espalier.serve.soak.seconds", 10);
    private static final List<String> MODELS = List.of("greedy", "majority-4", "best-of-n-4", "beam-4", "dvts-8");

    private static final List<String> IDLE = List.of(
            "espalier_requests_in_flight 0",
            "espalier_requests_queued 0",
            "espalier_policy_cells 0",
            "espalier_prm_cells 0");

    @TempDir
    private Path folder;

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final AtomicInteger answered = new AtomicInteger();
    private final AtomicInteger turnedAway = new AtomicInteger();
    private final AtomicInteger left = new AtomicInteger();

    @Test
    void nobodyIsLostAndNothingIsLeft() throws Exception {
        long seed = 3;
        ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
        try (ServerProcess server = ServerProcess.start(folder.resolve("err"), "--queue", "40", "--max-tokens", "80")) {
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
            List<Future<?>> working = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                Random random = new Random(seed + i);
                working.add(clients.submit(() -> {
                    do {
                        ask(server.url(), random);
                    } while (System.nanoTime() < end);
                    return null;
                }));
            }
            for (Future<?> client : working) {
                client.get(SECONDS + 120, TimeUnit.SECONDS);
            }
            System.out.println("seed " + seed + ": " + answered + " answered, " + turnedAway + " turned away, " + left
                    + " went away");
            assertThat(answered).hasPositiveValue();
            assertThat(left).hasPositiveValue();
            awaitIdle(server.url());
            server.terminate();
            assertThat(server.exitCode()).isZero();
            assertThat(folder.resolve("err")).isEmptyFile();
        } finally {
            clients.shutdownNow();
        }
    }

    private void ask(String url, Random random) throws Exception {
        boolean leaves = random.nextInt(3) == 0;
        String body = """
                {"model": "default@%s", "stream": %s, "seed": %d, "messages": [{"role": "user", "content":
                "Start with %d, then multiply by 7, then subtract %d. What is the result?"}]}""".replace("\n", " ").formatted(
                MODELS.get(random.nextInt(MODELS.size())),
                leaves || random.nextBoolean(),
                random.nextInt(),
                random.nextInt(40),
                random.nextInt(10));
        HttpRequest request = HttpRequest.newBuilder(URI.create(url + "/v1/chat/completions"))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        HttpResponse<InputStream> response = http.send(request, BodyHandlers.ofInputStream());
        try (InputStream in = response.body()) {
            if (response.statusCode() == 429) {
                turnedAway.incrementAndGet();
                Thread.sleep(50 + random.nextInt(200));
            } else if (leaves) {
                assertThat(in.readNBytes(1 + random.nextInt(2000))).isNotEmpty();
                left.incrementAndGet();
            } else {
                String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
                assertThat(response.statusCode()).as(text).isEqualTo(200);
                assertThat(text).contains("\"stoppedBy\":\"completed\"");
                answered.incrementAndGet();
            }
        }
    }

    private void awaitIdle(String url) throws Exception {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create(url + "/metrics")).build();
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (true) {
            String metrics = http.send(request, BodyHandlers.ofString()).body();
            if (IDLE.stream().allMatch(line -> metrics.contains("\n" + line + "\n"))) {
                return;
            }
            assertThat(System.nanoTime()).as(metrics).isLessThan(end);
            Thread.sleep(50);
        }
    }
}
