package org.espalier.llama;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class EnergyMeterTest {
    private static final Duration NEVER = Duration.ofDays(1);
    private static final long RANGE = 1_000_000_000;

    /** Reads as a script says, and then as at its end. */
    private static final class Counter implements EnergyCounter {
        private final String name;
        private final long range;
        private final Deque<OptionalLong> script = new ArrayDeque<>();
        final CountDownLatch reads;

        /** @param joules negative where it cannot be read */
        Counter(String name, long range, long... joules) {
            this.name = name;
            this.range = range;
            reads = new CountDownLatch(joules.length);
            for (long value : joules) {
                script.add(value < 0 ? OptionalLong.empty() : OptionalLong.of(value * 1_000_000));
            }
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public synchronized OptionalLong microjoules() {
            reads.countDown();
            return script.size() > 1 ? script.remove() : script.element();
        }

        @Override
        public long range() {
            return range;
        }
    }

    private static EnergyMeter meter(EnergyCounter... counters) {
        return new EnergyMeter(List.of(counters), NEVER);
    }

    @Test
    void whatWasConsumedSinceTheStartIsAddedUp() {
        try (EnergyMeter meter =
                meter(new Counter("package-0", RANGE, 100, 130), new Counter("gpu-0", 0, 5000, 5007))) {
            assertThat(meter.parts()).containsExactly("package-0", "gpu-0");
            assertThat(meter.joules()).hasValue(37);
        }
    }

    @Test
    void aCounterMayStartFromZeroAgain() {
        try (EnergyMeter meter = meter(new Counter("package-0", RANGE, 900, 100, 50))) {
            assertThat(meter.joules()).hasValue(200);
            assertThat(meter.joules()).hasValue(1150);
        }
    }

    @Test
    void aThreadReadsBetweenTwoSuchStarts() throws InterruptedException {
        Counter counter = new Counter("package-0", RANGE, 900, 100, 50, 20);
        try (EnergyMeter meter = new EnergyMeter(List.of(counter), Duration.ofMillis(1))) {
            assertThat(counter.reads.await(20, TimeUnit.SECONDS)).isTrue();
            assertThat(meter.joules()).hasValue(2120);
        }
    }

    @Test
    void withoutACounterThereIsNoNumber() {
        try (EnergyMeter none = meter();
                EnergyMeter unreadable = meter(new Counter("package-0", RANGE, -1, 100))) {
            assertThat(none.joules()).isEmpty();
            assertThat(unreadable.joules()).isEmpty();
            assertThat(unreadable.parts()).isEmpty();
        }
    }

    @Test
    void afterALostCounterThereIsNoNumberAnyMore() {
        try (EnergyMeter vanished = meter(new Counter("package-0", RANGE, 1, 2, -1, 3), new Counter("gpu-0", 0, 1));
                EnergyMeter setBack = meter(new Counter("package-0", RANGE, 1), new Counter("gpu-0", 0, 7, 2, 9))) {
            assertThat(vanished.joules()).hasValue(1);
            assertThat(vanished.joules()).isEmpty();
            assertThat(vanished.joules()).isEmpty();
            assertThat(setBack.joules()).isEmpty();
            assertThat(setBack.joules()).isEmpty();
        }
    }

    @Test
    void afterTheEndTheNumberStays() {
        EnergyMeter meter = meter(new Counter("gpu-0", 0, 1, 3, 9));
        meter.close();
        meter.close();
        assertThat(meter.joules()).hasValue(2);
    }

    @Test
    void onThisMachineItDoesNotFail() {
        try (EnergyMeter meter = EnergyMeter.start()) {
            assertThat(meter.joules().isPresent()).isEqualTo(!meter.parts().isEmpty());
            assertThat(meter.joules().orElse(0)).isNotNegative();
        }
    }
}
