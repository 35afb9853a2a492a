package org.espalier.llama;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * A native object and the number of calls and children that use it now. Native code never sees a handle that is closed,
 * and none is closed under it.
 */
abstract class NativeHandle implements AutoCloseable {
    private static final int CLOSED = -1;

    private final AtomicInteger users = new AtomicInteger();
    private final long handle;
    private final String name;

    /** @param name for messages, such as "the model" */
    NativeHandle(long handle, String name) {
        this.handle = handle;
        this.name = name;
    }

    /**
     * Keeps the object open until {@link #release()}.
     *
     * @throws IllegalStateException if it is closed
     */
    final long acquire() {
        int count;
        do {
            count = users.get();
            if (count == CLOSED) {
                throw new IllegalStateException(name + " is closed");
            }
        } while (!users.compareAndSet(count, count + 1));
        return handle;
    }

    final void release() {
        users.decrementAndGet();
    }

    final boolean isClosed() {
        return users.get() == CLOSED;
    }

    /**
     * Frees the native object; does nothing if it is closed already.
     *
     * @throws IllegalStateException if a call or a child still uses it; it then stays open
     */
    @Override
    public final void close() {
        if (users.compareAndSet(0, CLOSED)) {
            free(handle);
        } else if (!isClosed()) {
            throw new IllegalStateException(name + " is still in use");
        }
    }

    abstract void free(long handle);
}
