package org.espalier.reward;

import java.util.concurrent.CompletionException;

/** What a future failed with. */
final class Failures {
    private Failures() {}

    /** What the future itself, or one that it depends on, was completed with. */
    static RuntimeException unwrapped(Throwable failure) {
        if (failure instanceof CompletionException && failure.getCause() != null) {
            return unwrapped(failure.getCause());
        }
        return failure instanceof RuntimeException e ? e : new IllegalStateException(failure);
    }
}
