package org.espalier.llamaserver;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.espalier.model.EspalierException;
import org.espalier.model.SamplingParams;
import org.espalier.model.StopReason;
import org.espalier.peer.TextJudge;
import org.espalier.peer.TextWriter;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A model in a llama-server of its own. The server has a slot for each request at a time, batches the slots' tokens, keeps
 * in each the cells of the slot's latest prompt and gives a request the slot whose prompt has most in common with it.
 */
public final class LlamaServer implements TextWriter, TextJudge {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final long START_NANOS = TimeUnit.SECONDS.toNanos(60);
    private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
    /** Lifts two tokens above all others, so that their probabilities sum to 1. */
    private static final int ABOVE_ALL = 100;

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final Map<String, Integer> verdicts = new ConcurrentHashMap<>();
    private final Process process;
    private final URI root;

    /**
     * Starts a server and waits until it has loaded the model.
     *
     * @param program llama-server
     * @param slots requests at a time
     * @param slotCells cells of each of them
     * @param options more of the program's own
     */
    public LlamaServer(Path program, Path file, int slots, int slotCells, int threads, List<String> options) {
        int port = freePort();
        root = URI.create("http://127.0.0.1:" + port);
        List<String> command = new ArrayList<>(List.of(
                program.toString(),
                "--model",
                file.toString(),
                "--host",
                "127.0.0.1",
                "--port",
                String.valueOf(port),
                "--parallel",
                String.valueOf(slots),
                "--ctx-size",
                String.valueOf(slots * slotCells),
                "--threads",
                String.valueOf(threads)));
        command.addAll(options);
        File nowhere = new File("/dev/null");
        try {
            process = new ProcessBuilder(command)
                    .redirectOutput(nowhere)
                    .redirectError(nowhere)
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroy));
        awaitHealth(command);
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void awaitHealth(List<String> command) {
        long deadline = System.nanoTime() + START_NANOS;
        HttpRequest health = HttpRequest.newBuilder(root.resolve("/health")).build();
        while (System.nanoTime() - deadline < 0 && process.isAlive()) {
            try {
                if (client.send(health, BodyHandlers.discarding()).statusCode() == 200) {
                    return;
                }
            } catch (IOException e) {
                // It does not listen yet.
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
        process.destroy();
        throw new EspalierException("the server did not start: " + String.join(" ", command));
    }

    @Override
    public CompletableFuture<List<Written>> write(Request request, int count) {
        SamplingParams sampling = request.sampling();
        ObjectNode body = JSON.createObjectNode()
                .put("prompt", request.prompt())
                .put("cache_prompt", true)
                .put("n_predict", request.maxTokens())
                .put("n_cmpl", count)
                .put("seed", request.seed())
                .put("temperature", sampling.temperature())
                .put("top_k", sampling.topK())
                .put("top_p", sampling.topP())
                .put("min_p", sampling.minP());
        ArrayNode samplers = body.putArray("samplers").add("temperature");
        if (sampling.minP() > 0) {
            samplers.add("min_p");
        }
        if (sampling.topK() > 0) {
            samplers.add("top_k");
        }
        if (sampling.topP() < 1) {
            samplers.add("top_p");
        }
        if (request.stop() != null) {
            body.putArray("stop").add(request.stop());
        }
        body.putArray("response_fields")
                .add("content")
                .add("stop_type")
                .add("tokens_predicted")
                .add("timings/prompt_n");
        return post("/completion", body).thenApply(answer -> {
            List<Written> written = new ArrayList<>();
            if (answer.isArray()) {
                answer.forEach(one -> written.add(written(one)));
            } else {
                written.add(written(answer));
            }
            return written;
        });
    }

    private static Written written(JsonNode answer) {
        int tokens = answer.path("tokens_predicted").asInt();
        StopReason reason = switch (answer.path("stop_type").asString()) {
            case "eos" -> StopReason.EOS;
            case "word" -> StopReason.DELIMITER;
            default -> StopReason.LENGTH;
        };
        // The last token is sampled, and computed with the next request.
        int decoded = answer.path("timings/prompt_n").asInt() + tokens - 1;
        return new Written(answer.path("content").asString(), tokens, reason, decoded);
    }

    @Override
    public CompletableFuture<Verdict> judge(String prompt, String positive, String negative) {
        int right = verdicts.computeIfAbsent(positive, this::token);
        int wrong = verdicts.computeIfAbsent(negative, this::token);
        ObjectNode body = JSON.createObjectNode()
                .put("prompt", prompt)
                .put("cache_prompt", true)
                .put("n_predict", 1)
                .put("n_probs", 2)
                .put("post_sampling_probs", true)
                .put("temperature", 1);
        body.putArray("samplers").add("temperature");
        ArrayNode bias = body.putArray("logit_bias");
        bias.addArray().add(right).add(ABOVE_ALL);
        bias.addArray().add(wrong).add(ABOVE_ALL);
        body.putArray("response_fields")
                .add("completion_probabilities")
                .add("tokens_evaluated")
                .add("timings/prompt_n");
        return post("/completion", body)
                .thenApply(answer -> new Verdict(
                        probability(answer.path("completion_probabilities").path(0), right),
                        answer.path("tokens_evaluated").asInt(),
                        answer.path("timings/prompt_n").asInt()));
    }

    private static double probability(JsonNode sampled, int token) {
        for (JsonNode candidate : sampled.path("top_probs")) {
            if (candidate.path("id").asInt() == token) {
                return candidate.path("prob").asDouble();
            }
        }
        return 0;
    }

    private int token(String text) {
        JsonNode tokens = tokenize(text);
        if (tokens.size() != 1) {
            throw new EspalierException("\"" + text + "\" is not one token of this vocabulary");
        }
        return tokens.path(0).asInt();
    }

    @Override
    public int tokens(String text) {
        return tokenize(text).size();
    }

    private JsonNode tokenize(String text) {
        ObjectNode body = JSON.createObjectNode().put("content", text).put("parse_special", true);
        return post("/tokenize", body).join().path("tokens");
    }

    private CompletableFuture<JsonNode> post(String path, ObjectNode body) {
        HttpRequest request = HttpRequest.newBuilder(root.resolve(path))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body.toString()))
                .build();
        return client.sendAsync(request, BodyHandlers.ofString()).thenApply(LlamaServer::read);
    }

    private static JsonNode read(HttpResponse<String> response) {
        if (response.statusCode() != 200) {
            throw new EspalierException("llama-server answered " + response.statusCode() + ": " + response.body());
        }
        return JSON.readTree(response.body());
    }

    @Override
    public void close() {
        process.destroy();
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
