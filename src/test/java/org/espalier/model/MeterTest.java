package org.espalier.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class MeterTest {
    private static void passReadings() throws InterruptedException {
        Thread.sleep(Duration.ofMillis(10).toMillis());
    }

    /** The counter stood at 100 when the run began. */
    @Test
    void energyIsCountedFromTheStart() throws InterruptedException {
        AtomicReference<Double> counter = new AtomicReference<>(100.0);
        Meter meter = new Meter(new Budget(Long.MAX_VALUE, null, 5), counter::get);
        passReadings();
        assertThat(meter.exceeded()).isEmpty();
        counter.set(104.9);
        passReadings();
        assertThat(meter.exceeded()).isEmpty();
        counter.set(105.0);
        passReadings();
        assertThat(meter.exceeded()).contains(Limit.JOULES);
        assertThat(meter.joules()).isEqualTo(5);
    }

    @Test
    void aBudgetMustAllowSomething() {
        assertThatThrownBy(() -> new Budget(0, null)).isInstanceOf(UsageException.class);
        assertThatThrownBy(() -> new Budget(1, Duration.ZERO)).isInstanceOf(UsageException.class);
        assertThatThrownBy(() -> new Budget(1, null, 0)).isInstanceOf(UsageException.class);
        assertThatThrownBy(() -> new Budget(1, null, Double.NaN)).isInstanceOf(UsageException.class);
    }

    @Test
    void stepsOfTwoModelsWithTheSameNumberAreTwo() {
        Meter meter = new Meter(Budget.UNLIMITED);
        meter.countStep("small", 7);
        meter.countStep("small", 7);
        meter.countStep("large", 7);
        meter.countStep("large", 8);
        assertThat(meter.get(Meter.Count.DECODE_STEPS)).isEqualTo(3);
    }
}
