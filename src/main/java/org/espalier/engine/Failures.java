package org.espalier.engine;

/** What a future failed with. */
final class Failures {
    private Failures() {}

    static RuntimeException unwrapped(Throwable failure) {
        return failure instanceof RuntimeException e ? e : new IllegalStateException(failure);
    }
}
