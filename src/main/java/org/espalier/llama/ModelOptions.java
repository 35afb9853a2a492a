package org.espalier.llama;

import org.espalier.model.Parameter;
import org.espalier.model.UsageException;
import org.espalier.model.Wording;

/**
 * How a model is loaded.
 *
 * @param gpuLayers layers kept on the GPU; -1 for all, 0 for none. Without a GPU it does not matter
 * @param mmap whether a file of more than {@value #MOST_BYTES_READ} bytes may be mapped instead of read. Mapped, it is in
 *     memory once for all processes, and must stay as it is while it is loaded
 * @param useExtraBuffers whether weights may be repacked for this CPU (AMX and the like): twice as fast where it works,
 *     a crash with some self-built backends
 */
public record ModelOptions(int gpuLayers, boolean mmap, boolean useExtraBuffers) {
    /** What is read at once is loaded in a few hundredths of a second, and takes little beside a cache. */
    public static final long MOST_BYTES_READ = 64L << 20;

    public static final ModelOptions DEFAULT = new ModelOptions(-1, true, true);

    /** @throws UsageException if the number of layers is below -1 */
    public ModelOptions {
        if (gpuLayers < -1) {
            throw new UsageException(
                    Wording.of("%s must be -1 (all) or more, not %d", Parameter.of("gpuLayers"), gpuLayers));
        }
    }

    /** Returns whether a file of so many bytes is mapped. */
    public boolean mapsFileOf(long bytes) {
        return mmap && bytes > MOST_BYTES_READ;
    }
}
