package org.espalier.reward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.espalier.engine.Engine;
import org.espalier.engine.FakeRunner;
import org.espalier.engine.Lane;
import org.espalier.engine.ToyModel;
import org.espalier.model.Budget;
import org.espalier.model.EspalierException;
import org.espalier.model.Meter;
import org.espalier.model.Meter.Count;
import org.espalier.model.Prefix;
import org.espalier.model.Problem;
import org.espalier.model.ProcessRewardModel;
import org.espalier.model.ProcessRewardModel.Judgement;
import org.espalier.model.ProcessRewardModel.Scope;
import org.espalier.model.SamplingParams;
import org.espalier.model.Step;
import org.espalier.model.StepRequest;
import org.espalier.prm.InputRules;
import org.espalier.prm.InputRules.Beginning;
import org.espalier.prm.InputRules.Edges;
import org.espalier.prm.InputRules.Joining;
import org.espalier.prm.PrmFormat;
import org.espalier.prm.PrmProfile;
import org.espalier.prm.PrmProfile.Layout;
import org.espalier.prm.PrmProfile.Normalisation;
import org.espalier.prompt.ChatTemplate;
import org.espalier.prompt.SolvePrompt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EnginePortsTest {
    private static final Problem PROBLEM = Problem.of("a b c");
    private static final StepRequest STEP =
            StepRequest.toEnd(new SamplingParams(1, 0, 1, 0), 5, 12).withDelimiter("\n", false);

    private final ToyModel tokenizer = new ToyModel();
    private final FakeRunner policyRunner = FakeRunner.unified(4096, 32);
    private final FakeRunner prmRunner = FakeRunner.unified(4096, 32);
    private final Lane policyLane = new Lane("policy", tokenizer, policyRunner);
    private final Lane prmLane = new Lane("PRM", tokenizer, prmRunner);
    private final Engine engine = new Engine(List.of(policyLane, prmLane));
    private final SolvePrompt prompt = new SolvePrompt(ChatTemplate.PLAIN, null);
    private final EnginePolicy policy = new EnginePolicy(engine, policyLane, prompt);
    private final Meter meter = new Meter(Budget.UNLIMITED);

    @AfterEach
    void close() {
        engine.close();
    }

    private List<Double> scoresOfTwoSteps(ProcessRewardModel prm) throws Exception {
        return CompletableFuture.supplyAsync(
                        () -> policy.extend(policy.open(PROBLEM, meter), STEP).thenCompose(one -> twoScores(prm, one)),
                        engine)
                .thenCompose(scores -> scores)
                .get(20, TimeUnit.SECONDS);
    }

    private CompletableFuture<List<Double>> twoScores(ProcessRewardModel prm, Step one) {
        Judgement open = prm.open(PROBLEM, meter);
        return prm.score(open, one)
                .thenCompose(first -> policy.extend(one.prefix(), STEP)
                        .thenCompose(two -> prm.score(first, two))
                        .thenApply(second -> List.of(first.score(), second.score())));
    }

    @Test
    void aPrmMirrorsTheTreeAndPaysForItsOwnTokensOnce() throws Exception {
        PrmProfile profile = new PrmProfile(
                "toy",
                "",
                Layout.TEXT,
                null,
                "{problem}",
                " {step}.",
                " {step}.",
                null,
                "a",
                "b",
                Normalisation.PAIR,
                Scope.PATH,
                null,
                new InputRules(Joining.WHOLE, Beginning.USUAL, Edges.TRIMMED, false, List.of()),
                null,
                null);
        EnginePrm prm = new EnginePrm(prmLane, prmRunner, new PrmFormat(profile, ChatTemplate.PLAIN));
        List<Double> scores = scoresOfTwoSteps(prm);

        int[] promptTokens = tokenizer.encode("a b c\n\n", false);
        String one = ToyModel.extend(promptTokens, STEP);
        String two = ToyModel.extend(ToyModel.concat(promptTokens, ToyModel.tokens(one)), STEP);
        String firstText = "a b c " + one.strip() + ".";
        String secondText = firstText + " " + two.strip() + ".";
        assertThat(scores.get(0)).isCloseTo(expected(firstText), within(1e-6));
        assertThat(scores.get(1)).isCloseTo(expected(secondText), within(1e-6));
        assertThat(meter.get(Count.PRM_TOKENS)).isEqualTo(secondText.length());
        assertThat(meter.get(Count.PRM_TOKENS_UNIQUE)).isEqualTo(secondText.length());
    }

    @Test
    void aPromptWithoutTokensIsRefused() {
        ToyModel wordless = new ToyModel() {
            @Override
            public int[] encode(String text, boolean special) {
                return new int[0];
            }
        };
        Lane lane = new Lane("policy", wordless, FakeRunner.unified(64, 4));
        EnginePolicy mute = new EnginePolicy(engine, lane, prompt);
        assertThatThrownBy(() -> mute.open(PROBLEM, meter))
                .isInstanceOf(EspalierException.class)
                .hasMessageContaining("the prompt has no tokens");
        lane.close();
    }

    @Test
    void aQuestionContinuesThePathWithoutComputingItAgain() throws Exception {
        Step[] steps = new Step[2];
        CompletableFuture.supplyAsync(
                        () -> policy.extend(policy.open(PROBLEM, meter), STEP).thenCompose(step -> {
                            steps[0] = step;
                            Prefix asked = policy.ask(step.prefix(), "a b").orElseThrow();
                            step.prefix().close();
                            return policy.extend(asked, STEP);
                        }),
                        engine)
                .thenCompose(step -> step)
                .thenAccept(step -> steps[1] = step)
                .get(20, TimeUnit.SECONDS);

        int[] promptTokens = tokenizer.encode("a b c\n\n", false);
        int[] question = tokenizer.encode("\n\na b\n\n", false);
        int[] path = ToyModel.concat(promptTokens, ToyModel.tokens(steps[0].text()));
        assertThat(steps[1].text()).isEqualTo(ToyModel.extend(ToyModel.concat(path, question), STEP));
        assertThat(meter.get(Count.PROMPT_TOKENS)).isEqualTo(promptTokens.length + question.length);
    }

    @Test
    void aQuestionThatDoesNotFitIsNotAsked() throws Exception {
        String question = "a".repeat(policyLane.maxLength());
        assertThat(CompletableFuture.supplyAsync(() -> policy.ask(policy.open(PROBLEM, meter), question), engine)
                        .get(20, TimeUnit.SECONDS))
                .isEmpty();
    }

    @Test
    void aLargerPolicyJudgesByLikelihood() throws Exception {
        List<Double> products = scoresOfTwoSteps(new LikelihoodJudge(prmLane, prompt, LikelihoodJudge.Form.PRODUCT));
        List<Double> means = scoresOfTwoSteps(new LikelihoodJudge(prmLane, prompt, LikelihoodJudge.Form.MEAN));

        int[] promptTokens = tokenizer.encode("a b c\n\n", false);
        String one = ToyModel.extend(promptTokens, STEP);
        int[] afterOne = ToyModel.concat(promptTokens, ToyModel.tokens(one));
        String two = ToyModel.extend(afterOne, STEP);
        int[] second = tokenizer.encode("a b c\n\n" + one, false);
        assertThat(products.get(0)).isCloseTo(likelihood(promptTokens, one), within(1e-6));
        assertThat(products.get(1)).isCloseTo(likelihood(second, two), within(1e-6));
        assertThat(means.get(0)).isCloseTo(geometricMean(likelihood(promptTokens, one), one), within(1e-6));
        assertThat(means.get(1)).isCloseTo(geometricMean(likelihood(second, two), two), within(1e-6));
        assertThat(meter.get(Count.PRM_TOKENS)).isEqualTo(meter.get(Count.PRM_TOKENS_UNIQUE));
    }

    private double geometricMean(double likelihood, String step) {
        return Math.pow(likelihood, 1.0 / tokenizer.encode(step, false).length);
    }

    private double likelihood(int[] before, String step) {
        double logRatio = 0;
        int[] path = before;
        for (int token : tokenizer.encode(step, false)) {
            logRatio += ToyModel.logProb(path, token) + 1;
            path = ToyModel.concat(path, new int[] {token});
        }
        return Math.exp(logRatio);
    }

    @Test
    void aPolicyJudgesItselfOnAForkOfItsOwnNode() throws Exception {
        // The toy vocabulary spells; here both answers are one token.
        ToyModel yesNo = new ToyModel() {
            @Override
            public int[] encode(String text, boolean special) {
                return text.equals("Yes") || text.equals("No") ? new int[] {3} : super.encode(text, special);
            }
        };
        FakeRunner runner = FakeRunner.unified(4096, 32);
        Lane self = new Lane("policy", yesNo, runner);
        try (Engine own = new Engine(List.of(self))) {
            EnginePolicy itself = new EnginePolicy(own, self, prompt);
            SelfJudge judge = new SelfJudge(self, runner, prompt);
            double score = CompletableFuture.supplyAsync(
                            () -> itself.extend(itself.open(PROBLEM, meter), STEP)
                                    .thenCompose(one -> judge.score(judge.open(PROBLEM, meter), one)),
                            own)
                    .thenCompose(judgement -> judgement)
                    .get(20, TimeUnit.SECONDS)
                    .score();
            int[] path = yesNo.encode("a b c\n\n", false);
            path = ToyModel.concat(path, ToyModel.tokens(ToyModel.extend(path, STEP)));
            int[] question = org.espalier.prompt.Fragment.encode(
                    prompt.followUp(
                            "Check the last step of this solution. Is it correct? Answer with one word: Yes or No."),
                    yesNo);
            int[] asked = ToyModel.concat(path, question);
            assertThat(score)
                    .isCloseTo(
                            1 / (1 + Math.exp(ToyModel.logProb(asked, 1) - ToyModel.logProb(asked, 0))), within(1e-6));
            assertThat(meter.get(Count.PRM_TOKENS)).isEqualTo(question.length);
        }
    }

    private double expected(String text) {
        int[] path = tokenizer.encode(text, false);
        return 1 / (1 + Math.exp(ToyModel.logProb(path, 1) - ToyModel.logProb(path, 0)));
    }
}
