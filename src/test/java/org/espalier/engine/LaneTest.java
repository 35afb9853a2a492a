package org.espalier.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.espalier.engine.ModelRunner.Capacity;
import org.espalier.engine.Sequence.Role;
import org.espalier.model.Budget;
import org.espalier.model.Extension;
import org.espalier.model.Meter;
import org.espalier.model.SamplingParams;
import org.junit.jupiter.api.Test;

/** A lane that is stepped by hand. */
class LaneTest {
    private static final int[] PROMPT = new ToyModel().encode("a b c d", false);
    private static final Extension STEP = new Extension(new SamplingParams(1, 0, 1, 0), 3, 50, null, true, false, null);

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
}
