package org.espalier;

/** Something to be done as the JVM ends, unless it is taken back before. */
final class ExitHook {
    private final Thread thread;

    private ExitHook(Thread thread) {
        this.thread = thread;
    }

    /** @throws IllegalStateException if the JVM is ending already */
    static ExitHook add(Runnable action) {
        Thread thread = new Thread(action, "espalier-exit");
        Runtime.getRuntime().addShutdownHook(thread);
        return new ExitHook(thread);
    }

    /** Takes it back; does nothing if the JVM is ending. */
    void remove() {
        try {
            Runtime.getRuntime().removeShutdownHook(thread);
        } catch (IllegalStateException e) {
            // It runs, or has run.
        }
    }
}
