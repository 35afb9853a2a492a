package org.espalier.nodellama;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.espalier.model.EspalierException;
import org.espalier.model.SamplingParams;
import org.espalier.model.StopReason;
import org.espalier.peer.TextJudge;
import org.espalier.peer.TextWriter;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A model in a Node process of its own. A sequence of its context answers one question at a time and keeps its cells for
 * the next, which goes to the free sequence that has most in common with it; what waits at a time is one batch.
 */
public final class NodeLlama implements TextWriter, TextJudge {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final Process process;
    private final BufferedWriter questions;
    private final Map<Integer, CompletableFuture<JsonNode>> asked = new ConcurrentHashMap<>();
    private final AtomicInteger ids = new AtomicInteger();

    /**
     * Starts a process and waits until it has loaded the model.
     *
     * @param program {@code model.mjs}
     * @param folder where npm has put node-llama-cpp
     * @param slots sequences
     * @param slotCells cells of each of them
     */
    public NodeLlama(
            Path program, Path folder, Path file, int slots, int slotCells, int threads, boolean flashAttention) {
        try {
            process = new ProcessBuilder(
                            "node",
                            program.toString(),
                            folder.toString(),
                            file.toString(),
                            String.valueOf(slots),
                            String.valueOf(slotCells),
                            String.valueOf(threads),
                            String.valueOf(flashAttention))
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        questions = process.outputWriter(StandardCharsets.UTF_8);
        Thread answers = new Thread(this::readAnswers, "node-llama-answers");
        answers.setDaemon(true);
        answers.start();
        tokens("");
    }

    @Override
    public CompletableFuture<List<Written>> write(Request request, int count) {
        if (count != 1) {
            throw new IllegalArgumentException("node-llama-cpp writes one text for a question");
        }
        SamplingParams sampling = request.sampling();
        ObjectNode question = question("write", request.prompt())
                .put("maxTokens", request.maxTokens())
                .put("stop", request.stop())
                .put("seed", request.seed())
                .put("temperature", sampling.temperature())
                .put("topK", sampling.topK())
                .put("topP", sampling.topP())
                .put("minP", sampling.minP());
        return ask(question)
                .thenApply(answer -> List.of(new Written(
                        answer.path("text").asString(),
                        answer.path("tokens").asInt(),
                        switch (answer.path("reason").asString()) {
                            case "eos" -> StopReason.EOS;
                            case "delimiter" -> StopReason.DELIMITER;
                            default -> StopReason.LENGTH;
                        },
                        answer.path("decoded").asInt())));
    }

    @Override
    public CompletableFuture<Verdict> judge(String prompt, String positive, String negative) {
        ObjectNode question =
                question("judge", prompt).put("positive", positive).put("negative", negative);
        return ask(question)
                .thenApply(answer -> new Verdict(
                        answer.path("positive").asDouble(),
                        answer.path("tokens").asInt(),
                        answer.path("decoded").asInt()));
    }

    @Override
    public int tokens(String text) {
        return ask(question("tokens", text)).join().path("tokens").asInt();
    }

    private static ObjectNode question(String ask, String prompt) {
        return JSON.createObjectNode().put("ask", ask).put("prompt", prompt);
    }

    private CompletableFuture<JsonNode> ask(ObjectNode question) {
        int id = ids.getAndIncrement();
        CompletableFuture<JsonNode> answer = new CompletableFuture<>();
        asked.put(id, answer);
        try {
            synchronized (questions) {
                questions.write(question.put("id", id).toString());
                questions.newLine();
                questions.flush();
            }
        } catch (IOException e) {
            answer.completeExceptionally(e);
        }
        return answer;
    }

    private void readAnswers() {
        IOException ended = new IOException("end of its output");
        try (BufferedReader answers = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = answers.readLine(); line != null; line = answers.readLine()) {
                JsonNode answer = JSON.readTree(line);
                CompletableFuture<JsonNode> waiting =
                        asked.remove(answer.path("id").asInt());
                if (waiting != null && answer.has("error")) {
                    waiting.completeExceptionally(new EspalierException(
                            "node-llama-cpp failed: " + answer.path("error").asString()));
                } else if (waiting != null) {
                    waiting.complete(answer);
                }
            }
        } catch (IOException e) {
            ended = e;
        }
        for (CompletableFuture<JsonNode> waiting : asked.values()) {
            waiting.completeExceptionally(new EspalierException("node-llama-cpp's process ended", ended));
        }
    }

    @Override
    public void close() {
        process.destroy();
    }
}
