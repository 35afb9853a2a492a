package org.espalier.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.espalier.engine.ModelRunner.Outcome;
import org.espalier.engine.Sequence.Role;
import org.espalier.engine.Sequence.State;
import org.espalier.model.Budget;
import org.espalier.model.Meter;
import org.espalier.model.Meter.Count;
import org.espalier.model.SamplingParams;
import org.espalier.model.StepRequest;
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
        assertThat(first.isHeld()).as("the older path's prompt is in the cache").isTrue();
    }

    @Test
    void aParentKeepsItsCellsUntilItsChildrenHaveSharedThem() {
        start(4096, 8);
        Sequence parent = open(10, 4);
        Sequence child = lane.append(parent, new int[] {5, 6});
        lane.generate(child, ENDLESS);
        assertThat(child.state).isEqualTo(State.WAITING);
        assertThat(parent.pins).isEqualTo(1);
        parent.close();
        step(1);
        assertThat(parent.pins).as("it is computed for the child's sake").isEqualTo(1);
        step(1);
        assertThat(parent.pins).isZero();
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
}
