package org.espalier.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.espalier.engine.ModelRunner.Outcome;
import org.espalier.engine.Sequence.Role;
import org.espalier.model.Budget;
import org.espalier.model.Meter;
import org.espalier.model.Meter.Count;
import org.espalier.model.SamplingParams;
import org.espalier.model.Step;
import org.espalier.model.StepRequest;
import org.espalier.model.StopReason;
import org.junit.jupiter.api.Test;

/** The scheduler's rules, on a lane that is stepped by hand over a model that never ends what it writes. */
class SchedulerTest {
    private static final StepRequest ENDLESS = StepRequest.toEnd(new SamplingParams(1, 0, 1, 0), 1, 10_000);

    private final Meter meter = new Meter(Budget.UNLIMITED);
    private FakeRunner runner;
    private Lane lane;

    /** @param cells of the cache */
    private void start(int cells, int sequences) {
        runner = FakeRunner.unified(cells, sequences);
        runner.next = (path, seed) -> 2 + path.length % 10;
        lane = new Lane("policy", new ToyModel(), runner);
    }

    private Sequence open(int tokens, int token) {
        int[] prompt = new int[tokens];
        Arrays.fill(prompt, token);
        return lane.open(prompt, meter, Role.POLICY);
    }

    private void step(int times) {
        for (int i = 0; i < times; i++) {
            lane.step();
        }
    }

    @Test
    void whatDecodesComesBeforeWhatIsRead() {
        start(4096, 8);
        lane.generate(open(3, 4), ENDLESS);
        step(3);
        lane.generate(open(300, 5), ENDLESS);
        step(2);
        assertThat(runner.batchSizes.subList(3, 5))
                .as("a full batch each, the token among it")
                .containsOnly(64);
        step(4);
        assertThat(runner.batchSizes.get(runner.batchSizes.size() - 1))
                .as("both decode")
                .isEqualTo(2);
    }

    @Test
    void theYoungestMakesRoom() {
        start(60, 8);
        Sequence first = open(10, 4);
        lane.generate(first, ENDLESS);
        step(2);
        Sequence second = open(10, 5);
        lane.generate(second, ENDLESS);
        while (meter.get(Count.PREEMPTIONS) == 0) {
            step(1);
        }
        assertThat(runner.liveCells()).isLessThanOrEqualTo(60);
        assertThat(first.cells.isHeld())
                .as("the older path's prompt is in the cache")
                .isTrue();
    }

    @Test
    void aParentKeepsItsCellsUntilItsChildrenHaveSharedThem() {
        start(4096, 8);
        Sequence parent = open(10, 4);
        Sequence child = lane.append(parent, new int[] {5, 6});
        lane.generate(child, ENDLESS);
        assertThat(child.demand.isWaiting()).isTrue();
        assertThat(parent.demand.pins()).isEqualTo(1);
        parent.close();
        step(1);
        assertThat(parent.demand.pins())
                .as("it is computed for the child's sake")
                .isEqualTo(1);
        step(1);
        assertThat(parent.demand.pins()).isZero();
        assertThat(lane.liveCells()).isEqualTo(12);
    }

    @Test
    void aRefusedBatchMakesTheYoungestWait() {
        start(4096, 8);
        for (int token : new int[] {4, 5}) {
            Sequence prompt = open(3, token);
            lane.generate(prompt, ENDLESS);
            prompt.close();
        }
        step(3);
        runner.outcomes.add(Outcome.NO_SPACE);
        int before = runner.batchSizes.size();
        step(3);
        assertThat(runner.batchSizes.subList(before, runner.batchSizes.size()).get(0))
                .as("one goes on alone")
                .isEqualTo(1);
    }

    @Test
    void aClearedCacheIsComputedAgain() {
        start(4096, 8);
        lane.generate(open(20, 4), ENDLESS);
        step(5);
        runner.outcomes.add(Outcome.CLEARED);
        step(1);
        assertThat(runner.liveCells()).isZero();
        step(1);
        assertThat(runner.liveCells()).isEqualTo(lane.liveCells()).isPositive();
    }

    /** Tokens of the batches since the first so many. */
    private List<Integer> batchesSince(int count) {
        return runner.batchSizes.subList(count, runner.batchSizes.size());
    }

    @Test
    void branchesThatDrawAlikeAreComputedOnce() {
        start(4096, 8);
        Sequence prompt = open(10, 4);
        for (int i = 0; i < 5; i++) {
            lane.generate(prompt, ENDLESS);
        }
        step(4);
        assertThat(runner.batchSizes).containsExactly(10, 1, 1, 1);
    }

    @Test
    void branchesPartWhereTheirDrawsDiffer() {
        start(4096, 8);
        runner.next = (path, seed) -> path.length < 13 ? 2 : (int) (2 + seed);
        Sequence prompt = open(10, 4);
        lane.generate(prompt, ENDLESS.withMaxTokens(6));
        lane.generate(prompt, StepRequest.toEnd(ENDLESS.sampling(), 2, 6));
        step(6);
        assertThat(runner.batchSizes)
                .as("three tokens alike, then each its own")
                .containsExactly(10, 1, 1, 1, 2, 2);
    }

    @Test
    void moreBranchesThanRowsDrawInSeveralSteps() {
        start(4096, 8);
        Sequence prompt = open(10, 4);
        List<CompletableFuture<Step>> steps = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            steps.add(lane.generate(prompt, ENDLESS.withMaxTokens(1)));
        }
        step(1);
        assertThat(steps).filteredOn(CompletableFuture::isDone).hasSize(8);
        step(2);
        assertThat(steps).allMatch(CompletableFuture::isDone);
        assertThat(runner.batchSizes).as("the last token once more for each").containsExactly(10, 1, 1);
    }

    @Test
    void whatIsAskedForLastBeginsFirst() {
        start(4096, 2);
        CompletableFuture<Step> first = lane.generate(open(60, 4), ENDLESS.withMaxTokens(1));
        CompletableFuture<Step> last = lane.generate(open(60, 5), ENDLESS.withMaxTokens(1));
        step(1);
        assertThat(last).isDone();
        assertThat(first).isNotDone();
    }

    @Test
    void aPreemptedSequenceWaitsBehindAllOthers() {
        start(40, 8);
        CompletableFuture<Step> oldest = lane.generate(open(10, 4), ENDLESS.withMaxTokens(30));
        step(2);
        CompletableFuture<Step> youngest = lane.generate(open(10, 5), ENDLESS.withMaxTokens(15));
        while (lane.hasWork()) {
            assertThat(youngest.isDone() && !oldest.isDone()).isFalse();
            step(1);
        }
        assertThat(meter.get(Count.PREEMPTIONS)).isEqualTo(1);
        assertThat(youngest.join().tokens()).isEqualTo(15);
    }

    @Test
    void whatRunsAloneAndFindsNoRoomEndsWhereItIs() {
        runner = new FakeRunner(new ModelRunner.Capacity(20, 8, 20, 64, true, true));
        runner.next = (path, seed) -> 3;
        lane = new Lane("policy", new ToyModel(), runner);
        CompletableFuture<Step> step = lane.generate(open(10, 4), ENDLESS);
        while (lane.hasWork()) {
            step(1);
        }
        assertThat(step.join().stopReason()).isEqualTo(StopReason.CONTEXT);
    }

    @Test
    void anAbortedDecodeIsMadeAgain() {
        start(4096, 8);
        CompletableFuture<Step> step = lane.generate(open(10, 4), ENDLESS.withMaxTokens(2));
        runner.outcomes.add(Outcome.ABORTED);
        step(1);
        assertThat(runner.batchSizes).as("it counts for nothing").isEmpty();
        step(2);
        assertThat(runner.batchSizes).containsExactly(10, 1);
        assertThat(step).isDone();
    }

    @Test
    void whatBelongsToARunThatHasEndedIsGivenUpBeforeTheNextStep() {
        start(4096, 8);
        Sequence prompt = open(10, 4);
        CompletableFuture<Step> running = lane.generate(prompt, ENDLESS);
        step(3);
        CompletableFuture<Step> waiting = lane.generate(open(10, 5), ENDLESS);
        meter.cancel();
        int batches = runner.batchSizes.size();
        step(1);
        assertThat(running.join().stopReason()).isEqualTo(StopReason.CANCELLED);
        assertThat(waiting.join().stopReason()).isEqualTo(StopReason.CANCELLED);
        assertThat(batchesSince(batches)).isEmpty();
        assertThat(lane.hasWork()).isFalse();
    }

    @Test
    void aScoreIsReadInTheStepThatComputesItsLastToken() {
        start(4096, 8);
        Scoring scoring = Scoring.ofTargets(new int[] {5, 6, 7});
        lane.score(open(10, 4), new int[] {4, 5, 6}, scoring, meter);
        step(1);
        assertThat(scoring.result()).as("its parent comes first").isNotDone();
        step(1);
        assertThat(scoring.result()).isDone();
        assertThat(runner.batchSizes).containsExactly(10, 3);
    }
}
