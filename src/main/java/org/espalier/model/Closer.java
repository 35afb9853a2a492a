package org.espalier.model;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/** Closes what has been opened, the last first. All of it is closed, whatever fails on the way. Used by one thread. */
@Internal
public final class Closer implements AutoCloseable {
    private final Deque<AutoCloseable> open = new ArrayDeque<>();

    /** Has something closed before all that has been added so far. */
    public void add(AutoCloseable resource) {
        open.push(resource);
    }

    /**
     * Closes all of it; a second call does nothing.
     *
     * @throws IllegalStateException for a checked exception; any other comes as it is. The first failure is thrown, and holds
     *     the others as suppressed ones
     */
    @Override
    public void close() {
        Throwable failure = closeAll(null);
        if (failure instanceof RuntimeException thrown) {
            throw thrown;
        }
        if (failure instanceof Error thrown) {
            throw thrown;
        }
        if (failure != null) {
            throw new IllegalStateException(failure);
        }
    }

    /**
     * Closes all of it because of a failure, which is the one to be thrown.
     *
     * @param failure is given those of closing as suppressed ones
     */
    public void closeAfter(Throwable failure) {
        closeAll(failure);
    }

    private @Nullable Throwable closeAll(@Nullable Throwable before) {
        Throwable failure = before;
        while (!open.isEmpty()) {
            try {
                open.pop().close();
            } catch (Exception | Error thrown) {
                if (failure == null) {
                    failure = thrown;
                } else if (failure != thrown) {
                    failure.addSuppressed(thrown);
                }
            }
        }
        return failure;
    }
}
