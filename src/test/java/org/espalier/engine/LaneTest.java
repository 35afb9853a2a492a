package org.espalier.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.espalier.engine.ModelRunner.Capacity;
import org.espalier.engine.Sequence.Role;
import org.espalier.model.Budget;
import org.espalier.model.EspalierException;
import org.espalier.model.ForwardingTokenizer;
import org.espalier.model.Meter;
import org.espalier.model.SamplingParams;
import org.espalier.model.Step;
import org.espalier.model.StepRequest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A lane that is stepped by hand. */
class LaneTest {
    private static final int[] PROMPT = new ToyModel().encode("a b c d", false);
    private static final StepRequest STEP = StepRequest.toEnd(new SamplingParams(1, 0, 1, 0), 3, 50);

    private final Meter mine = new Meter(Budget.UNLIMITED);
    private final Meter others = new Meter(Budget.UNLIMITED);
    private FakeRunner runner = FakeRunner.unified(4096, 16);
    private Lane lane = new Lane("policy", new ToyModel(), runner);

    private Sequence open(Meter meter) {
        return lane.open(PROMPT, meter, Role.POLICY);
    }

    private void generate(Meter meter) {
        lane.generate(open(meter), STEP);
    }

    @Test
    void aDecodeIsAbandonedOnceAllWhoTakePartHaveEnded() {
        generate(mine);
        generate(others);
        runner.onRun = () -> {
            lane.interrupt();
            assertThat(runner.interrupts).as("nobody has ended").isZero();
            mine.cancel();
            lane.interrupt();
            assertThat(runner.interrupts).as("another run takes part").isZero();
            others.cancel();
            lane.interrupt();
            assertThat(runner.interrupts).as("all have ended").isEqualTo(1);
        };
        lane.step();
        lane.interrupt();
        assertThat(runner.interrupts).as("nothing is computed").isEqualTo(1);
    }

    /** An abandoned decode of a recurrent model empties the cache. */
    @Test
    void aDecodeIsNotAbandonedAtAnothersCost() {
        runner = new FakeRunner(new Capacity(4096, 16, 512, 64, true, false));
        lane = new Lane("policy", new ToyModel(), runner);
        Sequence kept = open(others);
        lane.generate(kept, STEP.withMaxTokens(1));
        while (lane.hasWork()) {
            lane.step();
        }
        generate(mine);
        lane.step();
        runner.onRun = () -> {
            mine.cancel();
            lane.interrupt();
        };
        lane.step();
        assertThat(runner.interrupts).as("another run's prompt is in the cache").isZero();
        kept.close();
        Meter last = new Meter(Budget.UNLIMITED);
        generate(last);
        runner.onRun = () -> {
            last.cancel();
            lane.interrupt();
        };
        lane.step();
        assertThat(runner.interrupts).isEqualTo(1);
    }

    @Test
    void theLastDeadlineOfThoseWhoTakePartEndsADecode() {
        Meter sooner = new Meter(new Budget(Long.MAX_VALUE, Duration.ofHours(1)));
        Meter later = new Meter(new Budget(Long.MAX_VALUE, Duration.ofHours(2)));
        generate(later);
        generate(sooner);
        lane.step();
        assertThat(runner.deadlineNanos).isEqualTo(later.deadlineNanos());
        generate(mine);
        lane.step();
        assertThat(runner.deadlineNanos).as("one need not end").isEqualTo(Long.MAX_VALUE);
        mine.cancel();
        later.cancel();
        lane.step();
        assertThat(runner.deadlineNanos).isEqualTo(sooner.deadlineNanos());
    }

    private void stepAll() {
        for (int i = 0; lane.hasWork(); i++) {
            assertThat(i).as("steps").isLessThan(500);
            lane.step();
        }
    }

    private static String expected(StepRequest request) {
        return ToyModel.extend(PROMPT, request);
    }

    private CompletableFuture<Step> ask(int[] prompt, StepRequest request) {
        return lane.generate(lane.open(prompt, mine, Role.POLICY), request);
    }

    private static String textOf(CompletableFuture<Step> step) {
        return step.getNow(null).text();
    }

    @Test
    void aReaderThatThrowsFailsItsOwnStep() {
        StepRequest read = STEP.withOnText(text -> {
            throw new StackOverflowError();
        });
        Sequence root = open(mine);
        CompletableFuture<Step> failing = lane.generate(root, read);
        CompletableFuture<Step> other = lane.generate(root, STEP);
        CompletableFuture<Step> third = lane.generate(root, STEP.withMaxTokens(3));
        stepAll();
        assertThatThrownBy(failing::join).hasCauseInstanceOf(StackOverflowError.class);
        assertThat(textOf(other)).isEqualTo(expected(STEP));
        assertThat(textOf(third)).isEqualTo(expected(STEP.withMaxTokens(3)));
        assertThat(lane.health().failure()).isEmpty();
        assertThat(lane.health().failedSteps()).isZero();
        other.join().prefix().close();
        third.join().prefix().close();
        root.close();
        assertThat(lane.liveCells()).as("cells of what nobody reads").isZero();
    }

    @Test
    void nothingMoreIsWrittenForAReaderThatHasFailed() {
        runner.next = (path, seed) -> 2 + path.length % 10;
        Sequence root = open(mine);
        lane.generate(root, STEP.withMaxTokens(100_000).withOnText(text -> {
            throw new IllegalStateException("cannot read");
        }));
        stepAll();
        assertThat(mine.get(Meter.Count.POLICY_TOKENS)).isLessThan(5);
        root.close();
        assertThat(lane.liveCells()).isZero();
    }

    /** The prefix itself is read by nobody, but its cells would spoil whoever is tested after it. */
    @Test
    void aPrefixThatIsNoNumberIsFoundOut() {
        runner.spoilt = 21;
        runner.next = (path, seed) -> 2 + path.length % 10;
        CompletableFuture<Step> beside = ask(PROMPT, STEP.withMaxTokens(20));
        lane.step();
        lane.step();
        int[] spoilt = new int[60];
        Arrays.fill(spoilt, 4);
        spoilt[3] = 21;
        Sequence prefix = lane.open(spoilt, mine, Role.PRM);
        Scoring scoring = Scoring.ofWatched(0);
        Sequence scored = lane.score(prefix, new int[] {5, 6}, scoring, mine);
        stepAll();
        assertThatThrownBy(scoring.result()::join).hasRootCauseInstanceOf(EspalierException.class);
        assertThat(beside).isCompletedWithValueMatching(step -> step.tokens() == 20);
        scored.close();
        prefix.close();
    }

    @Test
    void aReaderIsGivenAllOfTheTextBeforeItsStep() {
        StringBuilder text = new StringBuilder();
        CompletableFuture<Step> step = ask(PROMPT, STEP.withOnText(text::append));
        step.thenRun(() -> text.append("!"));
        stepAll();
        assertThat(text.toString()).isEqualTo(expected(STEP) + "!");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aRowThatIsNoNumberFailsWhoComputesItAlone(boolean contagious) {
        runner.spoilt = 21;
        runner.contagious = contagious;
        int[] spoilt = ToyModel.concat(PROMPT, new int[] {21, 5, 6});
        CompletableFuture<Step> before = ask(PROMPT, STEP);
        lane.step();
        CompletableFuture<Step> failing = ask(spoilt, STEP);
        Scoring scoring = Scoring.ofWatched(0);
        Sequence scored = lane.score(spoilt, scoring, mine);
        CompletableFuture<Step> beside = ask(new int[] {3, 4}, STEP);
        stepAll();
        assertThat(textOf(before)).isEqualTo(expected(STEP));
        assertThat(textOf(beside)).isEqualTo(ToyModel.extend(new int[] {3, 4}, STEP));
        assertThatThrownBy(failing::join).hasRootCauseInstanceOf(EspalierException.class);
        assertThatThrownBy(scoring.result()::join)
                .hasRootCauseMessage(
                        "the policy gives no numbers for this text: its file is damaged, or it cannot compute"
                                + " one of the text's tokens");
        scored.close();
        assertThat(runner.clears).isPositive();
        assertThat(lane.health().failure()).isEmpty();
        assertThat(lane.health().failedSteps()).isPositive();
        CompletableFuture<Step> after = ask(PROMPT, STEP);
        stepAll();
        assertThat(textOf(after)).isEqualTo(expected(STEP));
    }

    @Test
    void aStepThatThrowsOnceFailsNobody() {
        CompletableFuture<Step> one = ask(PROMPT, STEP);
        CompletableFuture<Step> two = ask(new int[] {3, 4}, STEP);
        runner.failureOfMany = new OutOfMemoryError("none left");
        stepAll();
        assertThat(runner.failureOfMany).isNull();
        assertThat(textOf(one)).isEqualTo(expected(STEP));
        assertThat(textOf(two)).isEqualTo(ToyModel.extend(new int[] {3, 4}, STEP));
        assertThat(lane.health().failedSteps()).isEqualTo(1);
    }

    @Test
    void whatTheBackendRefusesFailsAlone() {
        runner.refused = 21;
        CompletableFuture<Step> failing = ask(new int[] {4, 21, 5}, STEP);
        CompletableFuture<Step> beside = ask(PROMPT, STEP);
        stepAll();
        assertThatThrownBy(failing::join).hasRootCauseMessage("cannot decode the batch: no such token");
        assertThat(textOf(beside)).isEqualTo(expected(STEP));
        assertThat(lane.health().failure()).isEmpty();
    }

    @Test
    void aBackendThatComputesNothingAnyMoreIsDead() {
        CompletableFuture<Step> one = ask(PROMPT, STEP);
        CompletableFuture<Step> two = ask(PROMPT, STEP);
        lane.step();
        runner.failure = new EspalierException("the device is gone");
        stepAll();
        for (CompletableFuture<Step> failed : List.of(one, two)) {
            assertThatThrownBy(failed::join).hasRootCauseMessage("the device is gone");
        }
        assertThat(lane.health().failure()).contains("the policy's engine has failed: the device is gone");
        Sequence root = open(mine);
        assertThatThrownBy(() -> lane.generate(root, STEP)).hasMessageContaining("the device is gone");
    }

    @Test
    void aFailureOfOurOwnFailsWhatIsAskedForAndTooManyInARowTheLane() {
        for (int i = 0; i < 8; i++) {
            assertThat(lane.health().failure()).as("after %d", i).isEmpty();
            CompletableFuture<Step> failing = ask(PROMPT, STEP);
            runner.noOutcome = true;
            stepAll();
            assertThatThrownBy(failing::join).hasMessageContaining("the policy's step failed");
            assertThat(lane.liveCells()).isZero();
        }
        assertThat(lane.health().failure()).isPresent();
    }

    /** Branches are taken off their sequence one after the other; what throws in between leaves some of them with nobody. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11})
    void aStepThatFailsHalfWayLeavesNobodyWaiting(int after) {
        lane = new Lane(
                "policy",
                new ForwardingTokenizer(new ToyModel()) {
                    private int asked;

                    @Override
                    public boolean isEndOfGeneration(int token) {
                        if (asked++ == after) {
                            throw new IllegalStateException("half-way");
                        }
                        return super.isEndOfGeneration(token);
                    }
                },
                runner);
        Sequence root = open(mine);
        List<CompletableFuture<Step>> branches = IntStream.range(0, 6)
                .mapToObj(seed -> lane.generate(root, StepRequest.toEnd(STEP.sampling(), seed, 50)))
                .toList();
        stepAll();

        assertThat(branches).allMatch(CompletableFuture::isDone);
    }

    @Test
    void aTokenThatCannotBeWrittenFailsItsOwnStep() {
        int broken = ToyModel.tokens(expected(STEP))[3];
        lane = new Lane(
                "policy",
                new ToyModel() {
                    @Override
                    public byte[] piece(int token) {
                        if (token == broken) {
                            throw new IllegalStateException("no such piece");
                        }
                        return super.piece(token);
                    }
                },
                runner);
        CompletableFuture<Step> failing = ask(PROMPT, STEP);
        CompletableFuture<Step> other = ask(PROMPT, STEP.withMaxTokens(1));
        stepAll();
        assertThatThrownBy(failing::join).hasRootCauseMessage("no such piece");
        assertThat(textOf(other)).isEqualTo(expected(STEP.withMaxTokens(1)));
        assertThat(lane.health().failedSteps()).isZero();
    }
}
