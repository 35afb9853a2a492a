package org.espalier.model;

/** Something to be done as the JVM ends, unless it is taken back before. */
@Internal
public final class ExitHook {
    private final Thread thread;

    private ExitHook(Thread thread) {
        this.thread = thread;
    }

    /** @throws IllegalStateException if the JVM is ending already */
    public static ExitHook add(Runnable action) {
        Thread thread = new Thread(action, "espalier-exit");
        Runtime.getRuntime().addShutdownHook(thread);
        return new ExitHook(thread);
    }

    /** Takes it back; does nothing if the JVM is ending. */
    public void remove() {
        try {
            Runtime.getRuntime().removeShutdownHook(thread);
        } catch (IllegalStateException e) {
            // It runs, or has run.
        }
    }
}
