package org.espalier.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CloserTest {
    private final List<String> closed = new ArrayList<>();
    private final Closer closer = new Closer();

    private void add(String name, Throwable failure) {
        closer.add(() -> {
            closed.add(name);
            if (failure instanceof Error error) {
                throw error;
            }
            if (failure != null) {
                throw (Exception) failure;
            }
        });
    }

    @Test
    void closesAllInTheOppositeOrderOnce() {
        add("first", null);
        add("second", null);
        closer.close();
        closer.close();
        assertThat(closed).containsExactly("second", "first");
    }

    @Test
    void closesAllWhateverFailsAndKeepsTheFirstFailure() {
        StackOverflowError last = new StackOverflowError();
        IOException middle = new IOException("the disk is gone");
        IllegalArgumentException first = new IllegalArgumentException("bad");
        add("a", last);
        add("b", null);
        add("c", middle);
        add("d", first);
        assertThatThrownBy(closer::close)
                .isSameAs(first)
                .hasSuppressedException(middle)
                .hasSuppressedException(last);
        assertThat(closed).containsExactly("d", "c", "b", "a");
    }

    @Test
    void aCheckedFailureComesAsAnUncheckedOne() {
        add("a", new IOException("the disk is gone"));
        assertThatThrownBy(closer::close)
                .isInstanceOf(IllegalStateException.class)
                .hasRootCauseMessage("the disk is gone");
    }

    @Test
    void closingAfterAFailureDoesNotReplaceIt() {
        IllegalStateException closing = new IllegalStateException("cannot be closed");
        add("a", null);
        add("b", closing);
        EspalierException failure = new EspalierException("no such model");
        closer.closeAfter(failure);
        assertThat(failure).hasSuppressedException(closing);
        assertThat(closed).containsExactly("b", "a");
    }
}
