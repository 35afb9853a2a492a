package org.espalier.runtime;

import org.espalier.llama.ContextOptions;
import org.espalier.llama.ModelOptions;
import org.espalier.llama.Processors;
import org.espalier.model.Attention;
import org.espalier.model.Rules;
import org.espalier.model.UsageException;
import org.jspecify.annotations.Nullable;

/**
 * What models may take of the machine.
 *
 * @param threads that decode; null for as many as are quickest at each moment, at most one a core
 * @param gpuLayers layers on the GPU, where llama.cpp was built for one; -1 for all
 * @param mmap whether large model files may be mapped instead of read. Mapped files must not change while they are loaded
 * @param kvLayout of the policy's cache
 * @param attention how attention is computed; null for what {@link Attention#preferred()} says
 * @param context cells of each model's cache; null for what the work needs
 * @param memory bytes for all that the process takes, or for what lies on a GPU that holds all layers; null for half of
 *     this machine's, or nine tenths of what the GPU has free
 * @param loadCheck whether files that never ran here are tried in a process of their own first
 */
public record ResourceSettings(
        @Nullable Integer threads,
        int gpuLayers,
        boolean mmap,
        KvLayout kvLayout,
        @Nullable Attention attention,
        @Nullable Integer context,
        @Nullable Long memory,
        boolean loadCheck) {
    /** As many threads as are quickest, all layers, and half of the memory. */
    public static final ResourceSettings DEFAULT =
            new ResourceSettings(null, -1, true, KvLayout.AUTO, null, null, null, true);

    /** @throws UsageException if the context is below 1 */
    public ResourceSettings {
        new Rules()
                .require(context == null || context >= 1, "context", "%s must be 1 or more, not %d", context)
                .check();
    }

    /** Returns the settings with so many threads; null for as many as are quickest at each moment. */
    public ResourceSettings withThreads(@Nullable Integer count) {
        return new ResourceSettings(count, gpuLayers, mmap, kvLayout, attention, context, memory, loadCheck);
    }

    /** Returns the settings with so many bytes of memory. */
    public ResourceSettings withMemory(@Nullable Long bytes) {
        return new ResourceSettings(threads, gpuLayers, mmap, kvLayout, attention, context, bytes, loadCheck);
    }

    /**
     * How attention is computed.
     *
     * @throws UsageException if the environment asks for what there is not
     */
    public Attention attentionOrPreferred() {
        return attention == null ? Attention.preferred() : attention;
    }

    /** The most threads that a step takes. */
    public int mostThreads() {
        return threads == null ? Processors.cores() : threads;
    }

    /** The context with these threads. */
    ContextOptions threadsOf(ContextOptions context) {
        return threads == null ? context : context.withThreads(threads);
    }

    ModelOptions modelOptions() {
        return new ModelOptions(gpuLayers, mmap, true);
    }

    /** What each file has to pass before it is loaded. */
    LoadCheck check(RuntimeListener listener) {
        return LoadCheck.of(loadCheck, gpuLayers, mostThreads(), listener);
    }
}
