package org.espalier.llama;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.espalier.llama.ReferenceModels.PROBLEM;
import static org.espalier.llama.ReferenceModels.TOLERANCE;
import static org.espalier.llama.ReferenceModels.entropy;
import static org.espalier.llama.ReferenceModels.last;
import static org.espalier.llama.ReferenceModels.near;
import static org.espalier.llama.ReferenceModels.on;
import static org.espalier.llama.ReferenceModels.toArray;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.espalier.engine.Batch;
import org.espalier.engine.Batch.RowKind;
import org.espalier.engine.Engine;
import org.espalier.engine.Lane;
import org.espalier.engine.ModelRunner;
import org.espalier.engine.ModelRunner.Outcome;
import org.espalier.model.Budget;
import org.espalier.model.Meter;
import org.espalier.model.Meter.Count;
import org.espalier.model.Prefix;
import org.espalier.model.SamplingParams;
import org.espalier.model.Step;
import org.espalier.model.StepRequest;
import org.espalier.model.StopReason;
import org.espalier.prompt.SolvePrompt;
import org.espalier.reward.EnginePolicy;
import org.espalier.reward.SelfJudge;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a policy says of its steps, and its verdicts on them, against what {@link ReferenceLlama} makes of the same tokens. */
class PolicyScoresIT {
    private static final int DEPTH = 4;
    private static final int CHILDREN = 2;

    @RegisterExtension
    static final ReferenceModels models = new ReferenceModels();

    /** Takes note of what is drawn for each seed: a step does not say which tokens it is made of. */
    private static final class NotingRunner implements ModelRunner {
        private final ModelRunner runner;
        final Map<Long, List<Integer>> drawn = new HashMap<>();

        NotingRunner(ModelRunner runner) {
            this.runner = runner;
        }

        @Override
        public Outcome run(long deadlineNanos) {
            Outcome outcome = runner.run(deadlineNanos);
            Batch batch = batch();
            ByteBuffer bytes = batch.bytes();
            for (int row = 0; row < batch.rows() && outcome == Outcome.DONE; row++) {
                int word = Batch.HEADER_WORDS
                        + batch.maxOperations() * Batch.OPERATION_WORDS
                        + batch.maxTokens() * Batch.TOKEN_WORDS
                        + row * Batch.ROW_IN_WORDS;
                if (bytes.getInt(Integer.BYTES * (word + 1)) == RowKind.SAMPLE.ordinal()) {
                    long seed = bytes.getInt(Integer.BYTES * (word + 7));
                    drawn.computeIfAbsent(seed, s -> new ArrayList<>()).add(batch.sampledToken(row));
                }
            }
            return outcome;
        }

        @Override
        public Capacity capacity() {
            return runner.capacity();
        }

        @Override
        public Batch batch() {
            return runner.batch();
        }

        @Override
        public void watch(List<Integer> tokenIds) {
            runner.watch(tokenIds);
        }

        @Override
        public void clear() {
            runner.clear();
        }

        @Override
        public void interrupt() {
            runner.interrupt();
        }

        @Override
        public void close() {
            runner.close();
        }
    }

    /** A step, the tokens before it and its own, and what the policy thinks of it. */
    private record Written(List<Integer> before, List<Integer> own, Step step, double verdict) {}

    /** A policy that writes a tree and judges its steps. */
    private static final class Writer {
        final NotingRunner runner;
        final Lane lane;
        final SelfJudge judge;
        final Meter meter = new Meter(Budget.UNLIMITED);
        final List<Written> steps = new ArrayList<>();
        private final SolvePrompt prompt = new SolvePrompt(models.template(), "Solve it.");
        private int seeds;

        Writer(ContextOptions options) {
            runner = new NotingRunner(LlamaModelRunner.open(models.model("llama"), options));
            lane = new Lane("policy", models.tokenizer(), runner);
            judge = new SelfJudge(lane, runner, prompt);
        }

        void write(List<Integer> promptTokens) throws Exception {
            try (Engine engine = new Engine(List.of(lane))) {
                EnginePolicy policy = new EnginePolicy(engine, lane, prompt);
                on(engine, () -> grow(policy, policy.open(PROBLEM, meter), promptTokens, 0));
            }
        }

        private CompletableFuture<Void> grow(EnginePolicy policy, Prefix prefix, List<Integer> before, int depth) {
            List<CompletableFuture<Void>> children = new ArrayList<>();
            for (int i = 0; i < CHILDREN && depth < DEPTH; i++) {
                int seed = seeds++;
                SamplingParams sampling =
                        seed % 2 == 0 ? new SamplingParams(1, 0, 1, 0) : new SamplingParams(0.7, 20, 0.9, 0);
                children.add(policy.extend(
                                prefix, StepRequest.toEnd(sampling, seed, 12).withDelimiter("e", false))
                        .thenCompose(step -> judge.score(judge.open(PROBLEM, meter), step)
                                .thenCompose(judgement -> {
                                    List<Integer> own = runner.drawn.get((long) seed);
                                    steps.add(new Written(before, own, step, judgement.score()));
                                    return step.stopReason() == StopReason.EOS
                                            ? CompletableFuture.completedFuture(null)
                                            : grow(policy, step.prefix(), concat(before, own), depth + 1);
                                })));
            }
            return CompletableFuture.allOf(children.toArray(CompletableFuture[]::new));
        }
    }

    private static List<Integer> concat(List<Integer> a, List<Integer> b) {
        return Stream.concat(a.stream(), b.stream()).toList();
    }

    @ParameterizedTest
    @CsvSource({"true", "false"})
    void aPolicysLogProbabilitiesAndVerdictsAreTheReferences(boolean unified) throws Exception {
        Writer writer = new Writer(
                ContextOptions.of(32 * 512, 32).withBatch(64, 32).withThreads(1).withUnified(unified));
        List<Integer> promptTokens = list(models.tokens("<|im_start|>system\nSolve it.<|im_end|>\n<|im_start|>user\n"
                + PROBLEM.text() + "<|im_end|>\n<|im_start|>assistant\n"));
        List<Integer> question =
                list(models.tokens("<|im_end|>\n<|im_start|>user\nCheck the last step of this solution. "
                        + "Is it correct? Answer with one word: Yes or No.<|im_end|>\n<|im_start|>assistant\n"));
        writer.write(promptTokens);

        assertThat(writer.steps).hasSizeGreaterThan(20);
        for (Written written : writer.steps) {
            checkStep(written);
            List<Integer> kept = written.own.stream()
                    .filter(token -> !models.tokenizer().isEndOfGeneration(token))
                    .toList();
            int[] asked = toArray(concat(concat(written.before, kept), question));
            double[] after = last(models.reference("llama"), asked);
            double yes = Math.exp(after[models.single("Yes")]);
            double no = Math.exp(after[models.single("No")]);
            near("verdict", Math.log(written.verdict), Math.log(yes / (yes + no)));
        }
        assertThat(writer.meter.get(Count.PRM_TOKENS)).isEqualTo((long) writer.steps.size() * question.size());
    }

    private static void checkStep(Written written) {
        int start = written.before.size();
        double[][] after = models.reference("llama").logProbs(toArray(concat(written.before, written.own)));
        double logProb = 0;
        double entropy = 0;
        for (int i = 0; i < written.own.size(); i++) {
            logProb += after[start + i - 1][written.own.get(i)];
            entropy += entropy(after[start + i - 1]) / written.own.size();
        }
        assertThat(written.step.tokens()).isEqualTo(written.own.size());
        assertThat(text(written.own)).isEqualTo(written.step.text());
        double tolerance = TOLERANCE * Math.sqrt(written.own.size());
        assertThat(written.step.logProb()).isCloseTo(logProb, within(tolerance));
        near("entropy", written.step.meanEntropy(), entropy);
    }

    private static String text(List<Integer> tokens) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        tokens.forEach(token -> bytes.writeBytes(models.tokenizer().piece(token)));
        return bytes.toString(StandardCharsets.UTF_8);
    }

    private static List<Integer> list(int[] tokens) {
        return Arrays.stream(tokens).boxed().toList();
    }
}
