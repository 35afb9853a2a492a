package org.espalier.llama;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.espalier.engine.Engine;
import org.espalier.engine.Lane;
import org.espalier.llama.ContextOptions.CacheType;
import org.espalier.model.Budget;
import org.espalier.model.EspalierException;
import org.espalier.model.Meter;
import org.espalier.model.Problem;
import org.espalier.model.ProcessRewardModel;
import org.espalier.model.ProcessRewardModel.Judgement;
import org.espalier.model.ProcessRewardModel.Scope;
import org.espalier.model.SamplingParams;
import org.espalier.model.Step;
import org.espalier.model.StopReason;
import org.espalier.model.Tokenizer;
import org.espalier.prm.GenerativeFormat;
import org.espalier.prm.GenerativeProfile;
import org.espalier.prm.ImplicitFormat;
import org.espalier.prm.ImplicitProfile;
import org.espalier.prompt.ChatTemplate;
import org.espalier.reward.GenerativePrm;
import org.espalier.reward.ImplicitPrm;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Scores of PRMs of families C and D, against what {@link ReferenceLlama} makes of their whole text. */
class WrittenScoresIT {
    private static final double TOLERANCE = 1e-3;
    private static final Problem PROBLEM = Problem.of("How much is 2 + 3?");
    private static final List<String> STEPS = List.of("2 + 3 = 5.\n\n", "So \u222b it is No 5.\n\n", "Yes: 5");
    /** Single precision throughout: half precision in the cache alone makes a hundredth. */
    private static final ContextOptions OPTIONS =
            ContextOptions.of(2048, 8).withBatch(64, 32).withThreads(1).withCacheType(CacheType.F32);

    @TempDir
    static Path directory;

    private static NativeModel model;
    private static NativeModel other;
    private static ReferenceLlama reference;
    private static ReferenceLlama otherReference;
    private static Tokenizer tokenizer;

    @BeforeAll
    static void openModels() throws Exception {
        Path file = TinyGguf.write("llama", directory);
        Path changed = LoraGguf.over(file, 4, 8, 7, List.of("attn_q", "attn_v", "ffn_up", "output"))
                .merge(file, directory.resolve("changed.gguf"));
        model = NativeModel.open(file, ModelOptions.DEFAULT);
        other = NativeModel.open(changed, ModelOptions.DEFAULT);
        reference = ReferenceLlama.read(file);
        otherReference = ReferenceLlama.read(changed);
        tokenizer = new NativeTokenizer(model);
    }

    @AfterAll
    static void close() {
        model.close();
        other.close();
    }

    private static List<Double> scores(ProcessRewardModel prm, List<Lane> lanes) throws Exception {
        try (Engine engine = new Engine(lanes)) {
            Meter meter = new Meter(Budget.UNLIMITED);
            List<Double> scores = new ArrayList<>();
            CompletableFuture.supplyAsync(
                            () -> {
                                CompletableFuture<Judgement> path =
                                        CompletableFuture.completedFuture(prm.open(PROBLEM, meter));
                                for (String text : STEPS) {
                                    Step step = new Step(() -> {}, text, 1, StopReason.DELIMITER, 0, 0);
                                    path = path.thenCompose(before -> prm.score(before, step))
                                            .thenApply(judgement -> {
                                                scores.add(judgement.score());
                                                return judgement;
                                            });
                                }
                                return path;
                            },
                            engine)
                    .thenCompose(done -> done)
                    .get(60, TimeUnit.SECONDS);
            return scores;
        }
    }

    /** The likeliest tokens behind a text, until the model would end its turn. */
    private static int[] greedy(int[] path, int count) {
        int[] longer = path;
        for (int i = 0; i < count; i++) {
            double[] after = last(reference, longer);
            int best = IntStream.range(0, after.length)
                    .reduce((a, b) -> after[b] > after[a] ? b : a)
                    .orElseThrow();
            if (tokenizer.isEndOfGeneration(best)) {
                break;
            }
            longer = concat(longer, best);
        }
        return longer;
    }

    private static double[] last(ReferenceLlama reference, int[] path) {
        return reference.logProbs(path)[path.length - 1];
    }

    private static int[] concat(int[] path, int... more) {
        return IntStream.concat(IntStream.of(path), IntStream.of(more)).toArray();
    }

    private static GenerativeProfile writing(boolean oneChat) {
        return new GenerativeProfile(
                "tiny",
                "",
                "Judge.",
                "{problem}\n",
                null,
                "{i}) {step}\n",
                null,
                "{i}) {step}\nIs it right?",
                false,
                "Step {i} is",
                List.of("\u0001"),
                true,
                "",
                "\nVerdict: ",
                "Yes",
                "No",
                oneChat ? "{verdict}.\n" : null,
                new SamplingParams(0, 0, 1, 0),
                0,
                1,
                12,
                128,
                Scope.PATH,
                null);
    }

    @ParameterizedTest
    @CsvSource({"true", "false"})
    void aWrittenVerdictIsTheReferencesOnTheWholeText(boolean oneChat) throws Exception {
        GenerativeProfile profile = writing(oneChat);
        LlamaModelRunner runner = LlamaModelRunner.open(model, OPTIONS);
        Lane lane = new Lane("PRM", tokenizer, runner);
        GenerativePrm prm = new GenerativePrm(lane, runner, new GenerativeFormat(profile, ChatTemplate.CHATML, ""));
        List<Double> scores = scores(prm, List.of(lane));

        int yes = tokenizer.encode("Yes", false)[0];
        int no = tokenizer.encode("No", false)[0];
        String past = "<|im_start|>system\nJudge.<|im_end|>\n<|im_start|>user\n" + PROBLEM.text() + "\n";
        int[] chat = tokenizer.encode(past, true);
        for (int i = 1; i <= STEPS.size(); i++) {
            String step = i + ") " + STEPS.get(i - 1).strip() + "\n";
            String question = step + "Is it right?<|im_end|>\n<|im_start|>assistant\nStep " + i + " is";
            int[] asked = concat(chat, tokenizer.encode(question, true));
            int[] judged = concat(greedy(asked, 12), tokenizer.encode("\nVerdict: ", true));
            double[] after = last(reference, judged);
            double expected = 1 / (1 + Math.exp(after[no] - after[yes]));
            assertThat(scores.get(i - 1)).as("step " + i).isCloseTo(expected, within(TOLERANCE));
            chat = oneChat
                    ? concat(
                            judged,
                            tokenizer.encode(
                                    (expected < 0.5 ? "No" : "Yes") + ".\n<|im_end|>\n<|im_start|>user\n", true))
                    : concat(chat, tokenizer.encode(step, true));
        }
        assertThat(scores).doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @CsvSource({"true", "false"})
    void anImplicitRewardIsTheReferencesLogRatio(boolean cumulative) throws Exception {
        ImplicitProfile profile =
                new ImplicitProfile("tiny", "", null, "Step {i}: {step}", false, "\n\n", 0.2, cumulative, null);
        Lane own = new Lane("PRM", tokenizer, LlamaModelRunner.open(other, OPTIONS));
        Lane compared = new Lane("reference", tokenizer, LlamaModelRunner.open(model, OPTIONS));
        ImplicitPrm prm = new ImplicitPrm(own, compared, new ImplicitFormat(profile, ChatTemplate.CHATML));
        List<Double> scores = scores(prm, List.of(own, compared));

        int[] path =
                tokenizer.encode("<|im_start|>user\n" + PROBLEM.text() + "<|im_end|>\n<|im_start|>assistant\n", true);
        double sum = 0;
        for (int i = 0; i < STEPS.size(); i++) {
            String ending = i < 2 ? "\n\n" : "";
            int[] step =
                    tokenizer.encode("Step " + (i + 1) + ": " + STEPS.get(i).strip() + ending, false);
            int start = path.length;
            path = concat(path, step);
            double[][] ownAfter = otherReference.logProbs(path);
            double[][] comparedAfter = reference.logProbs(path);
            double stepSum = 0;
            for (int t = 0; t < step.length; t++) {
                stepSum += ownAfter[start + t - 1][step[t]] - comparedAfter[start + t - 1][step[t]];
            }
            sum = cumulative ? sum + stepSum : stepSum;
            double expected = 1 / (1 + Math.exp(-0.2 * sum));
            assertThat(scores.get(i)).as("step " + i).isCloseTo(expected, within(TOLERANCE));
        }
        assertThat(scores).anySatisfy(score -> assertThat(Math.abs(score - 0.5)).isGreaterThan(100 * TOLERANCE));
    }

    @Test
    void aReferenceOfAnotherVocabularyIsRefused() {
        Lane own = new Lane("PRM", tokenizer, LlamaModelRunner.open(other, OPTIONS));
        Tokenizer shifted = new ShiftedTokenizer(tokenizer);
        Lane compared = new Lane("reference", shifted, LlamaModelRunner.open(model, OPTIONS));
        ImplicitProfile profile = new ImplicitProfile("tiny", "", null, "{step}", false, "\n\n", 0.2, true, null);
        try (own;
                compared) {
            assertThatThrownBy(() -> new ImplicitPrm(own, compared, new ImplicitFormat(profile, ChatTemplate.CHATML)))
                    .isInstanceOf(EspalierException.class)
                    .hasMessageContaining("prmReference has another vocabulary");
        }
    }

    /** The same words in another order. */
    private record ShiftedTokenizer(Tokenizer tokenizer) implements Tokenizer {
        @Override
        public int[] encode(String text, boolean special) {
            return IntStream.of(tokenizer.encode(text, special))
                    .map(token -> (token + 1) % size())
                    .toArray();
        }

        @Override
        public int[] beginning() {
            return new int[0];
        }

        @Override
        public byte[] piece(int token) {
            return tokenizer.piece(token);
        }

        @Override
        public boolean isEndOfGeneration(int token) {
            return false;
        }

        @Override
        public int size() {
            return tokenizer.size();
        }
    }
}
