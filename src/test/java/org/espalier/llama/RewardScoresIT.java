package org.espalier.llama;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.espalier.engine.Batch;
import org.espalier.engine.Engine;
import org.espalier.engine.Lane;
import org.espalier.engine.ModelRunner;
import org.espalier.engine.ModelRunner.Outcome;
import org.espalier.model.Attention;
import org.espalier.model.Budget;
import org.espalier.model.EspalierException;
import org.espalier.model.Meter;
import org.espalier.model.Problem;
import org.espalier.model.ProcessRewardModel;
import org.espalier.model.ProcessRewardModel.Judgement;
import org.espalier.model.ProcessRewardModel.Scope;
import org.espalier.model.Step;
import org.espalier.model.StopReason;
import org.espalier.prm.DenseHead;
import org.espalier.prm.DenseHead.Layer;
import org.espalier.prm.HeadReading;
import org.espalier.prm.HeadReading.Activation;
import org.espalier.prm.InputRules;
import org.espalier.prm.PrmFormat;
import org.espalier.prm.PrmProfile;
import org.espalier.prm.PrmProfile.Layout;
import org.espalier.prm.PrmProfile.Normalisation;
import org.espalier.prompt.ChatTemplate;
import org.espalier.reward.OutcomeModel;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Scores of every kind over models in single precision, with nothing rounded in the cache, against {@link ReferenceLlama}
 * and a head computed here; and those of a tree against those of each path at once.
 */
class RewardScoresIT {
    private static final double TOLERANCE = 1e-3;
    private static final int WIDTH = 64;
    private static final long SEED = 20261126;
    private static final Problem PROBLEM = Problem.of("How much is 2 + 3?");
    private static final List<String> KINDS = List.of("llama", "qwen2", "qwen2-tied");
    private static final List<String> STEPS =
            List.of("First, 2 + 3 = 5.", "No idea.", "Yes:\n3 * x", "x", "So 5.", "?");

    @TempDir
    static Path directory;

    /** A profile, and the layers of the head that it reads; none if it reads verdicts. */
    private record Scorer(
            PrmProfile profile,
            @Nullable Layer dense,
            @Nullable Layer out) {
        @Nullable
        DenseHead head() {
            if (out == null) {
                return null;
            }
            return dense == null ? DenseHead.linear(out) : DenseHead.twoLayers(dense, out);
        }

        @Override
        public String toString() {
            return profile.name();
        }
    }

    private static Scorer verdicts(String name, @Nullable String negative, Normalisation normalisation) {
        return new Scorer(profile(name, "Yes", negative, normalisation, Scope.PATH, null), null, null);
    }

    private static Scorer head(
            String name, Scope scope, HeadReading reading, int middle, boolean denseBias, boolean outBias) {
        Random random = new Random(SEED + name.hashCode());
        Layer dense = middle == 0 ? null : layer(random, WIDTH, middle, denseBias);
        Layer out = layer(random, middle == 0 ? WIDTH : middle, reading.classes(), outBias);
        return new Scorer(profile(name, null, null, null, scope, reading), dense, out);
    }

    private static Layer layer(Random random, int width, int outputs, boolean bias) {
        return new Layer(width, numbers(random, width * outputs), bias ? numbers(random, outputs) : null);
    }

    private static float[] numbers(Random random, int count) {
        float[] numbers = new float[count];
        for (int i = 0; i < count; i++) {
            numbers[i] = (float) random.nextGaussian() * 0.2f;
        }
        return numbers;
    }

    private static PrmProfile profile(
            String name,
            @Nullable String positive,
            @Nullable String negative,
            @Nullable Normalisation normalisation,
            Scope scope,
            @Nullable HeadReading reading) {
        return new PrmProfile(
                name,
                "",
                Layout.TEXT,
                null,
                "Q: {problem}\n",
                "{step} #",
                "\n{step} #",
                null,
                positive,
                negative,
                normalisation,
                scope,
                reading,
                InputRules.DEFAULT,
                null,
                null);
    }

    private static final List<Scorer> SCORERS = List.of(
            verdicts("two verdict tokens", "No", Normalisation.PAIR),
            verdicts("one of the vocabulary", null, Normalisation.VOCABULARY),
            head("linear", Scope.STEP, reading(2, Activation.SOFTMAX, List.of(1), List.of()), 0, false, false),
            head("linear with bias", Scope.PATH, reading(1, Activation.SIGMOID, List.of(0), List.of()), 0, false, true),
            head("two layers", Scope.STEP, reading(2, Activation.SOFTMAX, List.of(1), List.of()), 48, false, false),
            head(
                    "two layers with biases",
                    Scope.STEP,
                    reading(2, Activation.SOFTMAX, List.of(1), List.of()),
                    64,
                    true,
                    true),
            head("difference", Scope.PATH, reading(2, Activation.SOFTMAX, List.of(1), List.of(0)), 0, false, true),
            head(
                    "two of three classes",
                    Scope.STEP,
                    reading(3, Activation.SOFTMAX, List.of(1, 2), List.of()),
                    0,
                    false,
                    true),
            head("raw", Scope.PATH, reading(1, Activation.NONE, List.of(0), List.of()), 0, false, false));

    private static HeadReading reading(int classes, Activation activation, List<Integer> plus, List<Integer> minus) {
        return new HeadReading(classes, activation, plus, minus);
    }

    static Stream<Arguments> kindsAndScorers() {
        return KINDS.stream().flatMap(kind -> SCORERS.stream().map(scorer -> Arguments.of(kind, scorer)));
    }

    private static ContextOptions options() {
        return new ContextOptions(
                4096, 32, 64, 32, true, 1, false, ContextOptions.CacheType.F32, true, Attention.preferred());
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("kindsAndScorers")
    void aTreesScoresAreTheReferencesAndThoseOfThePathAtOnce(String kind, Scorer scorer) throws Exception {
        Path file = TinyGguf.write(kind, directory);
        ReferenceLlama reference = ReferenceLlama.read(file);
        try (NativeModel model = NativeModel.open(file, ModelOptions.DEFAULT)) {
            NativeTokenizer tokenizer = new NativeTokenizer(model);
            Map<List<String>, Double> scores = tree(model, tokenizer, scorer);
            assertThat(scores).hasSize(2 + 4 + 8);
            for (Map.Entry<List<String>, Double> scored : scores.entrySet()) {
                int[] path = tokenizer.encode(text(scored.getKey()), true);
                double expected = expected(reference, tokenizer, scorer, path);
                assertThat(scored.getValue()).as("%s", scored.getKey()).isCloseTo(expected, within(TOLERANCE));
                assertThat(scored.getValue()).isCloseTo(atOnce(model, tokenizer, scorer, path), within(TOLERANCE));
            }
            double spread = scores.values().stream()
                            .mapToDouble(x -> x)
                            .summaryStatistics()
                            .getMax()
                    - scores.values().stream()
                            .mapToDouble(x -> x)
                            .summaryStatistics()
                            .getMin();
            assertThat(spread).as("paths are told apart").isGreaterThan(3 * TOLERANCE);
        }
    }

    private static String text(List<String> steps) {
        return "Q: " + PROBLEM.text() + "\n"
                + String.join("\n", steps.stream().map(s -> s + " #").toList());
    }

    private static Map<List<String>, Double> tree(NativeModel model, NativeTokenizer tokenizer, Scorer scorer)
            throws Exception {
        Map<List<String>, Double> scores = new LinkedHashMap<>();
        LlamaModelRunner runner = LlamaModelRunner.open(model, options(), scorer.head(), null);
        Lane lane = new Lane("PRM", tokenizer, runner);
        ProcessRewardModel prm = OutcomeModel.orPrm(lane, runner, new PrmFormat(scorer.profile, ChatTemplate.CHATML));
        try (Engine engine = new Engine(List.of(lane))) {
            CompletableFuture.supplyAsync(
                            () -> grow(prm, prm.open(PROBLEM, new Meter(Budget.UNLIMITED)), List.of(), scores), engine)
                    .thenCompose(done -> done)
                    .get(60, TimeUnit.SECONDS);
        }
        return scores;
    }

    private static CompletableFuture<Void> grow(
            ProcessRewardModel prm, Judgement before, List<String> path, Map<List<String>, Double> scores) {
        List<CompletableFuture<Void>> children = new ArrayList<>();
        for (int i = 0; i < 2 && path.size() < 3; i++) {
            String step = STEPS.get(2 * path.size() + i);
            List<String> longer = Stream.concat(path.stream(), Stream.of(step)).toList();
            children.add(prm.score(before, step(step, StopReason.DELIMITER)).thenCompose(judgement -> {
                scores.put(longer, judgement.score());
                return grow(prm, judgement, longer, scores);
            }));
        }
        return CompletableFuture.allOf(children.toArray(CompletableFuture[]::new));
    }

    private static Step step(String text, StopReason reason) {
        return new Step(() -> {}, text, 1, reason, 0, 0);
    }

    private static double expected(ReferenceLlama reference, NativeTokenizer tokenizer, Scorer scorer, int[] path) {
        HeadReading reading = scorer.profile.head();
        if (reading == null) {
            double[] after = reference.logProbs(path)[path.length - 1];
            double yes = Math.exp(after[tokenizer.encode("Yes", false)[0]]);
            return scorer.profile.negative() == null
                    ? yes
                    : yes / (yes + Math.exp(after[tokenizer.encode("No", false)[0]]));
        }
        double[] state = reference.hidden(path)[path.length - 1];
        if (scorer.dense != null) {
            state = Arrays.stream(times(scorer.dense, state))
                    .map(x -> Math.max(0, x))
                    .toArray();
        }
        double[] outputs = times(scorer.out, state);
        double[] odds = Arrays.stream(outputs).map(Math::exp).toArray();
        double sum = Arrays.stream(odds).sum();
        return switch (scorer.profile.name()) {
            case "linear with bias" -> 1 / (1 + Math.exp(-outputs[0]));
            case "difference" -> (odds[1] - odds[0]) / sum;
            case "two of three classes" -> 1 - odds[0] / sum;
            case "raw", "whole solutions" -> outputs[0];
            default -> odds[1] / sum;
        };
    }

    private static double[] times(Layer layer, double[] vector) {
        double[] result = new double[layer.weights().length / layer.width()];
        for (int row = 0; row < result.length; row++) {
            result[row] = layer.bias() == null ? 0 : layer.bias()[row];
            for (int i = 0; i < layer.width(); i++) {
                result[row] += layer.weights()[row * layer.width() + i] * vector[i];
            }
        }
        return result;
    }

    /** The score of a path that is decoded as one piece. */
    private static double atOnce(NativeModel model, NativeTokenizer tokenizer, Scorer scorer, int[] path) {
        ContextOptions options = options().withBatch(path.length, 1);
        try (ModelRunner runner = LlamaModelRunner.open(model, options, scorer.head(), null)) {
            runner.watch(scorer.profile.verdictTokens(tokenizer));
            Batch batch = runner.batch();
            batch.clear();
            for (int i = 0; i < path.length; i++) {
                batch.add(path[i], i, 0);
            }
            int row = scorer.out == null ? batch.watch(path.length - 1) : batch.head(path.length - 1);
            assertThat(runner.run(Long.MAX_VALUE)).isEqualTo(Outcome.DONE);
            float[] read = new float[Batch.MAX_WATCHED];
            for (int i = 0; i < read.length; i++) {
                read[i] = batch.headOutput(row, i);
            }
            HeadReading reading = scorer.profile.head();
            int values =
                    reading == null ? scorer.profile.verdictTokens(tokenizer).size() : reading.classes();
            return scorer.profile.score(Arrays.copyOf(read, values));
        }
    }

    @Test
    void anOutcomeModelScoresASolutionWhereItEnds() throws Exception {
        Scorer scorer = head(
                "whole solutions", Scope.SOLUTION, reading(1, Activation.NONE, List.of(0), List.of()), 0, false, true);
        Path file = TinyGguf.write("qwen2", directory);
        try (NativeModel model = NativeModel.open(file, ModelOptions.DEFAULT)) {
            NativeTokenizer tokenizer = new NativeTokenizer(model);
            LlamaModelRunner runner = LlamaModelRunner.open(model, options(), scorer.head(), null);
            Lane lane = new Lane("PRM", tokenizer, runner);
            ProcessRewardModel prm =
                    OutcomeModel.orPrm(lane, runner, new PrmFormat(scorer.profile, ChatTemplate.CHATML));
            List<Double> scores = new ArrayList<>();
            try (Engine engine = new Engine(List.of(lane))) {
                CompletableFuture.supplyAsync(
                                () -> {
                                    Judgement opened = prm.open(PROBLEM, new Meter(Budget.UNLIMITED));
                                    return prm.score(opened, step("2 + 3\n\n", StopReason.DELIMITER))
                                            .thenCompose(first -> {
                                                opened.close();
                                                scores.add(first.score());
                                                return prm.score(first, step("= 5", StopReason.EOS))
                                                        .thenAccept(last -> {
                                                            scores.add(last.score());
                                                            first.close();
                                                            last.close();
                                                        });
                                            });
                                },
                                engine)
                        .thenCompose(done -> done)
                        .get(60, TimeUnit.SECONDS);
                assertThat(CompletableFuture.supplyAsync(lane::liveCells, engine)
                                .get(20, TimeUnit.SECONDS))
                        .as("cells that are left")
                        .isZero();
            }
            int[] path = tokenizer.encode("Q: " + PROBLEM.text() + "\n2 + 3\n\n= 5 #", true);
            assertThat(scores.get(0)).isNaN();
            assertThat(scores.get(1))
                    .isCloseTo(expected(ReferenceLlama.read(file), tokenizer, scorer, path), within(TOLERANCE));
        }
    }

    @Test
    void aHeadOfAnotherSizeIsRefused() throws Exception {
        Path file = TinyGguf.write("llama", directory);
        DenseHead wide = DenseHead.linear(new Layer(96, new float[96], null));
        try (NativeModel model = NativeModel.open(file, ModelOptions.DEFAULT)) {
            assertThatThrownBy(() -> LlamaModelRunner.open(model, options(), wide, null))
                    .isInstanceOf(EspalierException.class)
                    .hasMessage("the PRM's head is for hidden states of 96 numbers, but llama.gguf has 64: give the"
                            + " model's own head");
        }
    }
}
