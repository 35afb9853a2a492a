package org.espalier.reward;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.espalier.engine.Engine;
import org.espalier.engine.FakeRunner;
import org.espalier.engine.Lane;
import org.espalier.engine.ToyModel;
import org.espalier.model.Budget;
import org.espalier.model.Meter;
import org.espalier.model.Meter.Count;
import org.espalier.model.Prefix;
import org.espalier.model.Problem;
import org.espalier.model.SamplingParams;
import org.espalier.model.Step;
import org.espalier.model.StepRequest;
import org.espalier.model.StopReason;
import org.espalier.prompt.ChatTemplate;
import org.espalier.prompt.SolvePrompt;
import org.espalier.prompt.Thinking;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Over {@link ToyModel}, whose every output is a function of the whole path, the unseen thinking included. */
class ThinkingPolicyTest {
    private static final Problem PROBLEM = Problem.of("abc");
    private static final SamplingParams SAMPLING = new SamplingParams(1, 0, 1, 0);
    /** "n" is a token, and ends the thinking. */
    private static final Thinking MARKS = new Thinking("m", "n", "mn");

    private final ToyModel toy = new ToyModel() {
        @Override
        public int[] encode(String text, boolean special) {
            return ToyModel.tokens(text);
        }
    };
    private final FakeRunner runner = FakeRunner.unified(4096, 32);
    private final Lane lane = new Lane("policy", new StopTokenTokenizer(toy, List.of("n")), runner);
    private final Engine engine = new Engine(List.of(lane));
    private final Meter meter = new Meter(Budget.UNLIMITED);

    @AfterEach
    void close() {
        engine.close();
    }

    private ThinkingPolicy policy(int thinkTokens, int waits) {
        SolvePrompt prompt = new SolvePrompt(MARKS.on(ChatTemplate.PLAIN), null);
        return new ThinkingPolicy(new EnginePolicy(engine, lane, prompt), lane, MARKS, thinkTokens, waits);
    }

    private static StepRequest request(long seed, int maxTokens) {
        return StepRequest.toEnd(SAMPLING, seed, maxTokens).withDelimiter("\n", false);
    }

    private Step extend(ThinkingPolicy policy, Prefix prefix, StepRequest request) throws Exception {
        return CompletableFuture.supplyAsync(() -> policy.extend(prefix, request), engine)
                .thenCompose(step -> step)
                .get(20, TimeUnit.SECONDS);
    }

    private Prefix open(ThinkingPolicy policy) throws Exception {
        return CompletableFuture.supplyAsync(() -> policy.open(PROBLEM, meter), engine)
                .get(20, TimeUnit.SECONDS);
    }

    /** What is written by a plain loop: the answer's text, and all tokens that are sampled. */
    private record Written(String answer, int sampled) {}

    private Written expected(long seed, int maxTokens, int thinkTokens, int waits) {
        int[] path = ToyModel.tokens("abc\n\nm\n");
        int sampled = 0;
        int left = waits;
        boolean thinking = true;
        StringBuilder answer = new StringBuilder();
        while (sampled < maxTokens) {
            int token = ToyModel.next(path, seed);
            sampled++;
            boolean ends = token == ToyModel.EOS || token == ToyModel.tokens("n")[0];
            if (!ends) {
                path = ToyModel.concat(path, new int[] {token});
            }
            if (thinking && ends && left > 0 && sampled < thinkTokens) {
                left--;
                path = ToyModel.concat(path, ToyModel.tokens("Wait"));
            } else if (thinking && (ends || sampled == thinkTokens)) {
                thinking = false;
                path = ToyModel.concat(path, ToyModel.tokens(ends ? "n\n\n" : "\nn\n\n"));
            } else if (!thinking && ends) {
                break;
            } else if (!thinking) {
                answer.append(new String(toy.piece(token), StandardCharsets.UTF_8));
                if (!answer.toString().isBlank()
                        && answer.toString().stripLeading().contains("\n")) {
                    break;
                }
            }
        }
        return new Written(answer.toString(), sampled);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 2})
    void aStepIsWhatFollowsTheThinkingAndPaysForIt(int waits) throws Exception {
        int forced = 0;
        for (long seed = 0; seed < 40; seed++) {
            ThinkingPolicy policy = policy(12, waits);
            Step step = extend(policy, open(policy), request(seed, 60));
            Written expected = expected(seed, 60, 12, waits);
            assertThat(step.text()).as("seed " + seed).isEqualTo(expected.answer);
            assertThat(step.tokens()).isEqualTo(expected.sampled);
            forced += expected.sampled > 12 ? 1 : 0;
        }
        assertThat(forced).as("thoughts that were ended by force or went on").isBetween(5, 40);
        assertThat(meter.get(Count.POLICY_TOKENS)).isPositive();
    }

    @Test
    void aThoughtGoesOnWhereALimitCutIt() throws Exception {
        ThinkingPolicy policy = policy(20, 1);
        for (long seed = 100; seed < 110; seed++) {
            Step whole = extend(policy, open(policy), request(seed, 80));
            Prefix prefix = open(policy);
            StringBuilder text = new StringBuilder();
            int tokens = 0;
            StopReason reason = StopReason.LENGTH;
            while (reason == StopReason.LENGTH && tokens < 80) {
                Step part = extend(policy, prefix, request(seed, 3));
                prefix = part.prefix();
                text.append(part.text());
                tokens += part.tokens();
                reason = part.stopReason();
            }
            assertThat(text.toString())
                    .as("seed " + seed)
                    .startsWith(whole.text().stripTrailing());
            assertThat(tokens).isGreaterThanOrEqualTo(whole.tokens());
        }
    }

    /** A model that writes one letter for ever, which is what loops are cut for. */
    @ParameterizedTest
    @CsvSource({"true, REPETITION", "false, LENGTH"})
    void aLoopWithinTheThinkingIsCutWhereLoopsAre(boolean cutLoops, StopReason reason) throws Exception {
        runner.next = (path, seed) -> ToyModel.tokens("a")[0];
        ThinkingPolicy policy = policy(1000, 0);
        Step step = extend(
                policy,
                open(policy),
                StepRequest.toEnd(SAMPLING, 1, 900).withDelimiter("\n", false).withCutLoops(cutLoops));
        assertThat(step.stopReason()).isEqualTo(reason);
        assertThat(step.text()).isEmpty();
    }

    @Test
    void laterStepsDoNotThink() throws Exception {
        ThinkingPolicy policy = policy(8, 0);
        Step first = extend(policy, open(policy), request(3, 60));
        Step second = extend(policy, first.prefix(), request(3, 60));
        assertThat(second.tokens()).isLessThanOrEqualTo(second.text().length() + 1);
    }

    @Test
    void aLimitWithinTheThinkingLeavesNoText() throws Exception {
        ThinkingPolicy policy = policy(50, 0);
        Step cut = extend(policy, open(policy), request(1, 1));
        assertThat(cut.text()).isEmpty();
        assertThat(cut.stopReason()).isEqualTo(StopReason.LENGTH);
        meter.cancel();
        Step cancelled = extend(policy, open(policy), request(1, 60));
        assertThat(cancelled.stopReason()).isEqualTo(StopReason.CANCELLED);
        assertThat(cancelled.text()).isEmpty();
    }
}
