package org.espalier.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CompletionException;
import org.espalier.model.Budget;
import org.espalier.model.Limit;
import org.espalier.model.Meter;
import org.junit.jupiter.api.Test;

class RunControlTest {
    private final Meter meter = new Meter(Budget.UNLIMITED);
    private final RunControl control = new RunControl(meter, SearchListener.NONE);

    @Test
    void limitThatStoppedNothingIsNotReported() {
        meter.cancel();
        assertThat(control.stoppedBy()).isEmpty();
        assertThat(control.stopped()).isTrue();
        assertThat(control.stoppedBy()).contains(Limit.CANCELLED);
    }

    @Test
    void firstFailureIsReportedAndCancelsTheRun() {
        IllegalStateException first = new IllegalStateException("first");
        control.fail(new CompletionException(first));
        control.fail(new IllegalStateException("second"));

        assertThat(control.failureOr(new IllegalStateException("third"))).isSameAs(first);
        assertThat(meter.exceeded()).contains(Limit.CANCELLED);
        assertThat(control.stopped()).isTrue();
    }

    @Test
    void portThatThrowsFailsItsFuture() {
        IllegalStateException thrown = new IllegalStateException("no");
        assertThatThrownBy(() -> RunControl.ask(() -> {
                            throw thrown;
                        })
                        .join())
                .hasCause(thrown);
    }
}
