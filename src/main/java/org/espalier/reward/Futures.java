package org.espalier.reward;

import java.util.concurrent.CompletionException;

/** Helpers for futures that depend on others. */
final class Futures {
    private Futures() {}

    /** Returns the failure that the first of several dependent futures was completed with. */
    static RuntimeException unwrapped(Throwable failure) {
        if (failure instanceof CompletionException && failure.getCause() != null) {
            return unwrapped(failure.getCause());
        }
        return failure instanceof RuntimeException e ? e : new IllegalStateException(failure);
    }
}
