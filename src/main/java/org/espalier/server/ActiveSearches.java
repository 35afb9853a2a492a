package org.espalier.server;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.espalier.model.Meter;
import org.jspecify.annotations.Nullable;

/** What has been asked for and is not done, by the ids that clients know, until the server stops. Safe from any thread. */
final class ActiveSearches {
    private final Map<String, Active> active = new ConcurrentHashMap<>();
    private volatile boolean stopping;

    /** One of them, which may be cancelled before it has begun. */
    static final class Active {
        private @Nullable Meter meter;
        private boolean cancelled;

        private Active() {}

        /** It begins, and spends by this meter. */
        synchronized void begin(Meter of) {
            meter = of;
            if (cancelled) {
                of.cancel();
            }
        }

        private synchronized void cancel() {
            cancelled = true;
            if (meter != null) {
                meter.cancel();
            }
        }
    }

    /**
     * Something is asked for.
     *
     * @throws ApiException if the server is stopping
     */
    Active add(String id) {
        Active one = new Active();
        active.put(id, one);
        if (stopping) {
            active.remove(id);
            throw ApiException.stopping();
        }
        return one;
    }

    /** It is done, however it ended. */
    void remove(String id) {
        active.remove(id);
    }

    /** Ends one with what it has; returns false if there is none of this id. */
    boolean cancel(String id) {
        Active one = active.get(id);
        if (one == null) {
            return false;
        }
        one.cancel();
        return true;
    }

    /** Ends all of them with what they have, and takes no more. */
    void stop() {
        stopping = true;
        active.values().forEach(Active::cancel);
    }

    /** Whether there is none, and may be one. */
    boolean isIdle() {
        return active.isEmpty() && !stopping;
    }

    boolean isStopping() {
        return stopping;
    }

    /** @throws ApiException if the server is stopping */
    void requireOpen() {
        if (stopping) {
            throw ApiException.stopping();
        }
    }
}
