package org.espalier.server;

import java.util.List;
import java.util.Optional;
import org.espalier.wire.SearchOutcome.Model;

/**
 * Models that a server loads when a request names them, and gives back when others need their room. Called by one thread at a
 * time, but for {@link #entries()} and {@link #refusal(String)}, which any may call.
 */
public interface ModelSource {
    /**
     * A model that requests may name.
     *
     * @param name of the policy, as {@link Model} has it
     * @param models that are loaded for it, the policy first
     * @param bytes of their files
     * @param contextTokens that a prompt and a completion have together at most; 0 if the file does not say
     */
    record Entry(String name, List<Model> models, long bytes, int contextTokens) {}

    /**
     * A model that is there.
     *
     * @param settings that hold for it
     * @param close gives it back; what is kept of its conversations goes with it
     */
    record Loaded(Backend backend, ServerSettings settings, Runnable close) {}

    /** All of them, the default first. Never empty, and always the same. */
    List<Entry> entries();

    /** Why one could not be loaded if all others were given back, as a clause; empty if it may be. Returns at once. */
    Optional<String> refusal(String name);

    /** Whether there is room for all that it can use beside those that are loaded. */
    boolean fitsBeside(String name);

    /**
     * Loads one. May take minutes.
     *
     * @throws org.espalier.model.EspalierException if it cannot be had, or does not fit
     * @throws org.espalier.model.UsageException if the options do not go together with it
     */
    Loaded load(String name);
}
