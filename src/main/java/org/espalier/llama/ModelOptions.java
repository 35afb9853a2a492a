package org.espalier.llama;

import org.espalier.model.UsageException;

/**
 * How a model is loaded.
 *
 * @param gpuLayers layers kept on the GPU; -1 for all, 0 for none. Without a GPU it does not matter
 * @param mmap whether the file may be mapped instead of read
 * @param useExtraBuffers whether weights may be repacked for this CPU (AMX and the like): twice as fast where it works,
 *     a crash with some self-built backends
 */
public record ModelOptions(int gpuLayers, boolean mmap, boolean useExtraBuffers) {
    public static final ModelOptions DEFAULT = new ModelOptions(-1, true, true);

    /** @throws UsageException if the number of layers is below -1 */
    public ModelOptions {
        if (gpuLayers < -1) {
            throw new UsageException("--gpu-layers must be -1 (all) or more, not " + gpuLayers);
        }
    }
}
