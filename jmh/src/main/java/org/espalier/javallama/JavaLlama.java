package org.espalier.javallama;

import de.kherud.llama.InferenceParameters;
import de.kherud.llama.LlamaModel;
import de.kherud.llama.ModelParameters;
import de.kherud.llama.args.Sampler;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.espalier.model.SamplingParams;
import org.espalier.model.StopReason;
import org.espalier.peer.TextJudge;
import org.espalier.peer.TextWriter;

/**
 * A model in java-llama.cpp. Its server has a slot for each request at a time, batches the slots' tokens, and keeps in
 * each the cells of the slot's latest prompt.
 *
 * <p>Two things that it does not tell have to be found out. Why a text ends: control tokens are written out, so that the
 * end of the turn can be seen, and a text shorter than its limit has met the stop string. And the probabilities of
 * tokens: 4.2.0 looks for them under the names of an older llama.cpp, which ends the process ({@code GGML_ASSERT} in
 * {@code json.hpp}) as soon as {@code setNProbs} is used. What it can do is choose between two tokens of which one has been
 * given a bias: each such choice halves the range in which the difference of their logits lies.
 */
public final class JavaLlama implements TextWriter, TextJudge {
    private static final List<String> ENDS_OF_TURN = List.of("<|im_end|>", "<|endoftext|>");
    /** Lifts two tokens above all others. */
    private static final float ABOVE_ALL = 100;
    /** Differences of logits beyond this are as good as certain. */
    private static final double CERTAIN = 6;

    /**
     * How a model is to run.
     *
     * @param slots requests at a time
     * @param slotCells cells of each of them
     * @param choices for each verdict, one request after the other: the score has 2 to the power of so many values
     * @param similarity share of a slot's prompt that a request must have in it, as a common subsequence, to be given that
     *     slot before the one that has waited longest; 0 spares the server the comparison
     * @param flashAttention which passes over the cells of other slots instead of computing with them
     */
    public record Setting(
            int slots, int slotCells, int threads, int choices, float similarity, boolean flashAttention) {
        List<String> arguments() {
            return Stream.of(slots, slotCells, threads, choices, similarity, flashAttention)
                    .map(String::valueOf)
                    .toList();
        }

        static Setting parse(List<String> arguments) {
            return new Setting(
                    Integer.parseInt(arguments.get(0)),
                    Integer.parseInt(arguments.get(1)),
                    Integer.parseInt(arguments.get(2)),
                    Integer.parseInt(arguments.get(3)),
                    Float.parseFloat(arguments.get(4)),
                    Boolean.parseBoolean(arguments.get(5)));
        }
    }

    private final LlamaModel model;
    private final ExecutorService requests;
    private final int choices;

    /** Loads a model. */
    public JavaLlama(Path file, Setting setting) {
        this.choices = setting.choices;
        ModelParameters parameters = new ModelParameters()
                .setModel(file.toString())
                .setGpuLayers(0)
                .setThreads(setting.threads)
                .setThreadsBatch(setting.threads)
                .setParallel(setting.slots)
                .setSlotPromptSimilarity(setting.similarity)
                .setCtxSize(setting.slots * setting.slotCells)
                .enableContBatching()
                .setDefragThold(-1)
                .disableContextShift()
                .enableSpecial()
                .disableLog();
        if (setting.flashAttention) {
            parameters.enableFlashAttn();
        }
        model = new LlamaModel(parameters);
        requests = Executors.newFixedThreadPool(setting.slots, task -> {
            Thread thread = new Thread(task, "java-llama");
            thread.setDaemon(true);
            return thread;
        });
    }

    @Override
    public CompletableFuture<List<Written>> write(Request request, int count) {
        if (count != 1) {
            throw new IllegalArgumentException("java-llama.cpp writes one text for a request");
        }
        return CompletableFuture.supplyAsync(() -> List.of(write(request)), requests);
    }

    private Written write(Request request) {
        SamplingParams sampling = request.sampling();
        InferenceParameters parameters = new InferenceParameters(request.prompt())
                .setCachePrompt(true)
                .setNPredict(request.maxTokens())
                .setSeed(request.seed())
                .setSamplers(samplers(sampling))
                .setTemperature((float) sampling.temperature())
                .setTopK(sampling.topK())
                .setTopP((float) sampling.topP())
                .setMinP((float) sampling.minP());
        String stop = request.stop();
        if (stop != null) {
            parameters.setStopStrings(stop);
        }
        String text = model.complete(parameters);
        for (String end : ENDS_OF_TURN) {
            int at = text.indexOf(end);
            if (at >= 0) {
                String before = text.substring(0, at);
                return new Written(before, tokens(before) + 1, StopReason.EOS, UNKNOWN);
            }
        }
        int tokens = tokens(text);
        if (stop == null || tokens >= request.maxTokens()) {
            return new Written(text, Math.min(tokens, request.maxTokens()), StopReason.LENGTH, UNKNOWN);
        }
        int stopped = Math.min(tokens(text + stop), request.maxTokens());
        return new Written(text, stopped, StopReason.DELIMITER, UNKNOWN);
    }

    /** Those that do something, in the engine's order. */
    private static Sampler[] samplers(SamplingParams sampling) {
        List<Sampler> samplers = new ArrayList<>(List.of(Sampler.TEMPERATURE));
        if (sampling.minP() > 0) {
            samplers.add(Sampler.MIN_P);
        }
        if (sampling.topK() > 0) {
            samplers.add(Sampler.TOP_K);
        }
        if (sampling.topP() < 1) {
            samplers.add(Sampler.TOP_P);
        }
        return samplers.toArray(Sampler[]::new);
    }

    @Override
    public CompletableFuture<Verdict> judge(String prompt, String positive, String negative) {
        return CompletableFuture.supplyAsync(
                () -> {
                    double low = -CERTAIN;
                    double high = CERTAIN;
                    for (int i = 0; i < choices; i++) {
                        double middle = (low + high) / 2;
                        if (isMoreLikely(prompt, positive, negative, middle)) {
                            low = middle;
                        } else {
                            high = middle;
                        }
                    }
                    double logOdds = (low + high) / 2;
                    return new Verdict(1 / (1 + Math.exp(-logOdds)), tokens(prompt), UNKNOWN);
                },
                requests);
    }

    /** Whether the logit of the positive token is greater than that of the negative one by at least so much. */
    private boolean isMoreLikely(String prompt, String positive, String negative, double by) {
        Map<Integer, Float> bias = new LinkedHashMap<>();
        bias.put(token(positive), (float) (ABOVE_ALL - by));
        bias.put(token(negative), ABOVE_ALL);
        return model.complete(new InferenceParameters(prompt)
                        .setCachePrompt(true)
                        .setNPredict(1)
                        .setSamplers(Sampler.TEMPERATURE)
                        .setTemperature(0)
                        .setTokenIdBias(bias))
                .equals(positive);
    }

    private int token(String text) {
        int[] tokens = model.encode(text);
        if (tokens.length != 1) {
            throw new IllegalArgumentException("\"" + text + "\" is not one token of this vocabulary");
        }
        return tokens[0];
    }

    @Override
    public int tokens(String text) {
        return model.encode(text).length;
    }

    @Override
    public void close() {
        requests.shutdownNow();
        model.close();
    }
}
