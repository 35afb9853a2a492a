package org.espalier.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

class FuturesTest {
    private static final IOException CHECKED = new IOException("gone");
    private static final IllegalArgumentException UNCHECKED = new IllegalArgumentException("wrong");
    private static final AssertionError ERROR = new AssertionError("broken");

    private static Throwable wrapped(Throwable cause) {
        return new CompletionException(new CompletionException(cause));
    }

    @Test
    void theCauseIsBehindWhatDependentFuturesWrapItIn() {
        assertThat(Futures.cause(wrapped(CHECKED))).isSameAs(CHECKED);
        assertThat(Futures.cause(CHECKED)).isSameAs(CHECKED);
        assertThat(Futures.cause(new CompletionException("alone", null))).hasMessage("alone");
    }

    @Test
    void whatIsUncheckedIsThrownAsItIs() {
        assertThat(Futures.unwrapped(wrapped(UNCHECKED))).isSameAs(UNCHECKED);
        assertThat(Futures.unwrapped(wrapped(CHECKED)))
                .isInstanceOf(IllegalStateException.class)
                .hasCause(CHECKED);
    }

    @Test
    void joiningThrowsTheUncheckedCause() {
        assertThat(Futures.join(CompletableFuture.completedFuture(3))).isEqualTo(3);
        assertThatThrownBy(() -> Futures.join(CompletableFuture.failedFuture(UNCHECKED)))
                .isSameAs(UNCHECKED);
        assertThatThrownBy(() -> Futures.join(CompletableFuture.failedFuture(CHECKED)))
                .isInstanceOf(CompletionException.class)
                .hasCause(CHECKED);
    }

    @Test
    void awaitingThrowsTheCauseOrOneLine() {
        assertThatThrownBy(() -> Futures.await(CompletableFuture.failedFuture(UNCHECKED), () -> {}))
                .isSameAs(UNCHECKED);
        assertThatThrownBy(() -> Futures.await(CompletableFuture.failedFuture(ERROR), () -> {}))
                .isSameAs(ERROR);
        assertThatThrownBy(() -> Futures.await(CompletableFuture.failedFuture(CHECKED), () -> {}))
                .isInstanceOf(EspalierException.class)
                .hasMessage("the search failed: java.io.IOException: gone");
    }

    @Test
    void anInterruptEndsTheSearchAndIsStillSet() {
        CompletableFuture<String> search = new CompletableFuture<>();
        Thread.currentThread().interrupt();
        assertThat(Futures.await(search, () -> search.complete("so far"))).isEqualTo("so far");
        assertThat(Thread.interrupted()).isTrue();
    }
}
