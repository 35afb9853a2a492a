package org.espalier.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.LongSummaryStatistics;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import org.espalier.harness.Waiting;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Many clients at once, a third of which go away: nobody is lost or starves, and nothing is left behind. Longer with
 * {@code -Despalier.serve.soak.seconds=600}; what takes long to show is checked from a minute on.
 */
class ServeSoakIT {
    private static final int CLIENTS = 64;
    private static final long SECONDS = Long.getLong("espalier.serve.soak.seconds", 10);
    private static final boolean LONG = SECONDS >= 60;
    private static final long SEED = 3;
    private static final long BEGINNING = -1;
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
    private final JsonMapper mapper = JsonMapper.builder().build();
    private final AtomicInteger asked = new AtomicInteger();
    private final AtomicInteger left = new AtomicInteger();
    private final Queue<Stay> stays = new ConcurrentLinkedQueue<>();

    /**
     * Of one who stayed.
     *
     * @param minute in which it came to an end, since anything; {@link #BEGINNING} for a client's first one, which may have found
     *     the server idle
     * @param waited milliseconds until its search began
     * @param answered milliseconds until it had its answer
     */
    private record Stay(long minute, long waited, long answered) {}

    @Test
    void nobodyIsLostAndNothingIsLeft() throws Exception {
        // More wait than run, and all of them fit.
        String[] options = {"--method", "dvts", "--in-flight", "4", "--queue", "" + CLIENTS, "--max-tokens", "80"};
        ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
        try (ServerProcess server = ServerProcess.start(folder.resolve("err"), options)) {
            askFor(Math.max(1, SECONDS / 10), server, clients);
            long before = memory(server);
            askFor(SECONDS, server, clients);
            long after = memory(server);
            System.out.printf(
                    Locale.ROOT,
                    "seed %d, %d s: %d requests, %d answered, %d went away, %d lost; waited %s, answered after %s; %d MiB, %d before%n",
                    SEED,
                    SECONDS,
                    asked.get(),
                    stays.size(),
                    left.get(),
                    lost(),
                    spread(Stay::waited),
                    spread(Stay::answered),
                    after >> 20,
                    before >> 20);
            assertThat(lost()).isZero();
            assertThat(stays).isNotEmpty();
            assertThat(left).hasPositiveValue();
            if (LONG) {
                assertThat(worstByMean(Stay::waited)).isLessThan(3);
                assertThat(worstByMean(Stay::answered)).isLessThan(3);
                assertThat(after).isLessThan(before * 105 / 100);
            }
            server.terminate();
            assertThat(server.exitCode()).isZero();
            assertThat(folder.resolve("err")).isEmptyFile();
        } finally {
            clients.shutdownNow();
        }
    }

    /** All clients ask one question after another for so long; returns when nothing runs any more. */
    private void askFor(long seconds, ServerProcess server, ExecutorService clients) throws Exception {
        asked.set(0);
        left.set(0);
        stays.clear();
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        List<Future<?>> working = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            Random random = new Random(SEED + i);
            working.add(clients.submit(() -> {
                ask(server.url(), random, true);
                while (System.nanoTime() < end) {
                    ask(server.url(), random, false);
                }
                return null;
            }));
        }
        for (Future<?> client : working) {
            client.get(seconds + 120, TimeUnit.SECONDS);
        }
        awaitIdle(server.url());
    }

    private void ask(String url, Random random, boolean first) throws Exception {
        boolean leaves = random.nextInt(3) == 0;
        String body = """
                {"model": "default@%s", "stream": %s, "seed": %d, "messages": [{"role": "user", "content":
                "Start with %d, then multiply by 7, then subtract %d. What is the result?"}]}""".replace("\n", " ").formatted(
                MODELS.get(random.nextInt(MODELS.size())),
                leaves,
                random.nextInt(),
                random.nextInt(40),
                random.nextInt(10));
        HttpRequest request = HttpRequest.newBuilder(URI.create(url + "/v1/chat/completions"))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        asked.incrementAndGet();
        long began = System.nanoTime();
        HttpResponse<InputStream> response = http.send(request, BodyHandlers.ofInputStream());
        try (InputStream in = response.body()) {
            if (leaves) {
                assertThat(response.statusCode()).isEqualTo(200);
                assertThat(in.readNBytes(1 + random.nextInt(2000))).isNotEmpty();
                left.incrementAndGet();
                return;
            }
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            assertThat(response.statusCode()).as(text).isEqualTo(200);
            JsonNode report = mapper.readTree(text).get("espalier");
            assertThat(report.get("stoppedBy").asString()).isEqualTo("completed");
            long now = System.nanoTime();
            stays.add(new Stay(
                    first ? BEGINNING : TimeUnit.NANOSECONDS.toMinutes(now),
                    report.get("queuedMillis").asLong(),
                    TimeUnit.NANOSECONDS.toMillis(now - began)));
        }
    }

    private int lost() {
        return asked.get() - stays.size() - left.get();
    }

    private String spread(ToLongFunction<Stay> millis) {
        LongSummaryStatistics all = stays.stream().mapToLong(millis).summaryStatistics();
        return String.format(
                Locale.ROOT,
                "%.0f ms on average, %d at most, %.2f times a minute's average at most",
                all.getAverage(),
                all.getMax(),
                worstByMean(millis));
    }

    /** The worst by the mean of the same minute, in which a machine that others use too is about as fast for all. */
    private double worstByMean(ToLongFunction<Stay> millis) {
        return stays.stream()
                .filter(stay -> stay.minute != BEGINNING)
                .collect(Collectors.groupingBy(Stay::minute, Collectors.summarizingLong(millis)))
                .values()
                .stream()
                .mapToDouble(minute -> minute.getMax() / minute.getAverage())
                .max()
                .orElse(0);
    }

    /** Bytes that the server has resident after a collection. */
    private static long memory(ServerProcess server) throws Exception {
        String pid = "" + server.process().pid();
        Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
        assertThat(new ProcessBuilder(jcmd.toString(), pid, "GC.run")
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start()
                        .waitFor())
                .isZero();
        Path statm = Path.of("/proc", pid, "statm");
        Assumptions.assumeTrue(Files.isReadable(statm), "resident memory is read from /proc");
        return Long.parseLong(Files.readString(statm).split(" ", -1)[1]) * 4096;
    }

    private void awaitIdle(String url) {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create(url + "/metrics")).build();
        Waiting.until("the server is idle", () -> {
            String metrics = http.send(request, BodyHandlers.ofString()).body();
            return IDLE.stream().allMatch(line -> metrics.contains("\n" + line + "\n"));
        });
    }
}
