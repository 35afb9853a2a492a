package org.espalier.reward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.espalier.engine.Engine;
import org.espalier.engine.FakeRunner;
import org.espalier.engine.Lane;
import org.espalier.engine.ToyModel;
import org.espalier.model.Budget;
import org.espalier.model.Meter;
import org.espalier.model.Meter.Count;
import org.espalier.model.Problem;
import org.espalier.model.ProcessRewardModel.Judgement;
import org.espalier.model.ProcessRewardModel.Scope;
import org.espalier.model.SamplingParams;
import org.espalier.model.Step;
import org.espalier.model.StopReason;
import org.espalier.prm.GenerativeFormat;
import org.espalier.prm.GenerativeProfile;
import org.espalier.prompt.ChatTemplate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Over {@link ToyModel}, whose every output is a function of the whole path: a wrong piece gives another score. */
class GenerativePrmTest {
    private static final Problem PROBLEM = Problem.of("abc");
    private static final SamplingParams SAMPLING = new SamplingParams(1, 0, 1, 0);

    private final ToyModel toy = new ToyModel() {
        @Override
        public int[] encode(String text, boolean special) {
            return ToyModel.tokens(text);
        }
    };
    private final FakeRunner runner = FakeRunner.unified(2048, 32);
    private final Meter meter = new Meter(Budget.UNLIMITED);
    private final List<Engine> engines = new ArrayList<>();

    @AfterEach
    void close() {
        engines.forEach(Engine::close);
    }

    /** Questions of their own, unless there is a closing. PLAIN adds a blank line after each turn's content. */
    private static GenerativeProfile profile(boolean keepsStop, String verdict, String closing, int samples) {
        return new GenerativeProfile(
                "toy",
                "",
                null,
                "{problem} ",
                null,
                "{step}.",
                null,
                "{step}...",
                false,
                "d",
                List.of("ab", "\n"),
                keepsStop,
                verdict,
                "e" + verdict,
                "a",
                "b",
                closing,
                SAMPLING,
                1,
                samples,
                20,
                64,
                Scope.PATH,
                null);
    }

    private GenerativePrm prm(GenerativeProfile profile) {
        Lane lane = new Lane("PRM", GenerativePrm.vocabulary(toy, profile), runner);
        engines.add(new Engine(List.of(lane)));
        return new GenerativePrm(lane, runner, new GenerativeFormat(profile, ChatTemplate.PLAIN, ""));
    }

    private <T> T on(Supplier<CompletableFuture<T>> task) throws Exception {
        return CompletableFuture.supplyAsync(task, engines.get(0))
                .thenCompose(done -> done)
                .get(20, TimeUnit.SECONDS);
    }

    private static Step step(String text) {
        return new Step(() -> {}, text, 1, StopReason.DELIMITER, 0, 0);
    }

    private List<Double> scores(GenerativePrm prm, String... steps) throws Exception {
        return on(() -> {
            CompletableFuture<Judgement> path = CompletableFuture.completedFuture(prm.open(PROBLEM, meter));
            List<Double> scores = new ArrayList<>();
            for (String text : steps) {
                path = path.thenCompose(before -> prm.score(before, step(text)));
                path = path.thenApply(judgement -> {
                    scores.add(judgement.score());
                    return judgement;
                });
            }
            return path.thenApply(last -> scores);
        });
    }

    /** What a critique with this seed would be behind a text, cut at its stop, and the text that the verdict follows. */
    private String judgedText(String question, long seed, GenerativeProfile profile) {
        int[] path = toy.encode(question, true);
        StringBuilder written = new StringBuilder();
        while (written.length() < profile.maxTokens()) {
            int token = ToyModel.next(path, seed);
            boolean mark = !profile.keepsStop() && token == toy.encode("\n", true)[0];
            if (token == ToyModel.EOS || mark) {
                return question + written + (profile.keepsStop() ? profile.forced() : profile.verdict());
            }
            path = ToyModel.concat(path, new int[] {token});
            written.append(new String(toy.piece(token), StandardCharsets.UTF_8));
            for (String stop : profile.stops()) {
                int at = written.indexOf(stop);
                if (at >= 0) {
                    written.setLength(profile.keepsStop() ? at + stop.length() : at);
                    return question + written + profile.verdict();
                }
            }
        }
        return question + written + profile.forced();
    }

    private double verdict(String text) {
        int[] path = ToyModel.tokens(text);
        return 1 / (1 + Math.exp(ToyModel.logProb(path, 1) - ToyModel.logProb(path, 0)));
    }

    private static long derived(long seed, String text) {
        return new SplittableRandom(31 * seed + text.hashCode()).nextLong();
    }

    private double expected(String question, long stepSeed, GenerativeProfile profile) {
        SplittableRandom seeds = new SplittableRandom(stepSeed);
        double sum = 0;
        for (int i = 0; i < profile.samples(); i++) {
            sum += verdict(judgedText(question, seeds.nextLong(), profile));
        }
        return sum / profile.samples();
    }

    private void checkQuestionsOfTheirOwn(GenerativeProfile profile) throws Exception {
        // PLAIN ends the user's turn with a blank line, and the lead follows.
        List<Double> scores = scores(prm(profile), "fgh", "ij\n", "klm");
        long root = derived(0, PROBLEM.text());
        long first = derived(root, "fgh");
        long second = derived(first, "ij\n");
        long third = derived(second, "klm");
        List<Double> wanted = List.of(
                expected("abc fgh...\n\nd", first, profile),
                expected("abc fgh.ij...\n\nd", second, profile),
                expected("abc fgh.ij.klm...\n\nd", third, profile));
        for (int i = 0; i < 3; i++) {
            assertThat(scores.get(i)).as("step " + i).isCloseTo(wanted.get(i), within(1e-6));
        }
        assertThat(meter.get(Count.POLICY_TOKENS)).isZero();
        assertThat(meter.get(Count.PRM_TOKENS_UNIQUE)).isPositive();
    }

    @Test
    void aVerdictTakesTheStopsPlace() throws Exception {
        checkQuestionsOfTheirOwn(profile(false, "g ", null, 1));
    }

    @Test
    void aVerdictFollowsTheStop() throws Exception {
        checkQuestionsOfTheirOwn(profile(true, "g ", null, 1));
    }

    @Test
    void aVerdictMayBeReadAtTheStopItself() throws Exception {
        checkQuestionsOfTheirOwn(profile(true, "", null, 7));
    }

    @Test
    void theScoreIsTheMeanOfSeveralCritiques() throws Exception {
        checkQuestionsOfTheirOwn(profile(false, "g ", null, 9));
    }

    @Test
    void inOneChatTheNextQuestionFollowsTheFirstCritique() throws Exception {
        GenerativeProfile profile = profile(true, "g ", "{verdict}n", 4);
        List<Double> scores = scores(prm(profile), "fgh", "ij");
        long first = derived(derived(0, PROBLEM.text()), "fgh");
        String question = "abc fgh...\n\nd";
        assertThat(scores.get(0)).isCloseTo(expected(question, first, profile), within(1e-6));
        String critique = judgedText(question, new SplittableRandom(first).nextLong(), profile);
        // The chat goes on with its own first critique and the verdict that is the likelier one there.
        String said = verdict(critique) < 0.5 ? "b" : "a";
        String next = critique + said + "n" + "\n\n" + "ij...\n\nd";
        assertThat(scores.get(1)).isCloseTo(expected(next, derived(first, "ij"), profile), within(1e-6));
    }

    @Test
    void theSamePathGetsTheSameScoreWhateverIsJudgedBeside() throws Exception {
        GenerativePrm prm = prm(profile(true, "", null, 5));
        List<Double> alone = scores(prm, "fgh", "ij");
        List<Double> beside = on(() -> {
            Judgement open = prm.open(PROBLEM, meter);
            CompletableFuture<Judgement> other = prm.score(open, step("mno"));
            CompletableFuture<Judgement> one = prm.score(open, step("fgh"));
            CompletableFuture<Judgement> two = one.thenCompose(first -> prm.score(first, step("ij")));
            return other.thenCombine(two, (a, b) -> List.of(one.join().score(), b.score()));
        });
        assertThat(beside).isEqualTo(alone);
    }

    @Test
    void whatDoesNotFitIsNotJudged() throws Exception {
        GenerativePrm prm = prm(profile(true, "g ", null, 2));
        List<Double> scores = scores(prm, "fgh", "f".repeat(2048), "fgh");
        assertThat(scores.get(0)).isBetween(0.0, 1.0);
        assertThat(scores.subList(1, 3)).containsOnly(Double.NaN);
    }

    @Test
    void aRunThatEndsEndsItsCritiques() {
        GenerativePrm prm = prm(profile(true, "g ", null, 3));
        runner.onRun = () -> {
            if (runner.batchSizes.size() == 4) {
                meter.cancel();
            }
        };
        assertThatThrownBy(() -> scores(prm, "fgh", "ij", "klm")).hasRootCauseInstanceOf(CancellationException.class);
        assertThat(runner.batchSizes).hasSizeLessThan(8);
    }

    @Test
    void nothingIsHeldOnceAllIsClosed() throws Exception {
        GenerativePrm prm = prm(profile(true, "g ", null, 3));
        on(() -> {
            Judgement open = prm.open(PROBLEM, meter);
            return prm.score(open, step("fgh")).thenApply(judgement -> {
                judgement.close();
                open.close();
                return judgement;
            });
        });
        on(() -> CompletableFuture.completedFuture(null));
        assertThat(prm.score(NoScore.INSTANCE, step("a")).join().score()).isNaN();
    }
}
