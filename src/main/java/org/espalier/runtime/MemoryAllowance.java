package org.espalier.runtime;

import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;
import org.espalier.engine.MemoryPlan.Limit;
import org.espalier.llama.AvailableMemory;
import org.espalier.llama.PeakMemory;
import org.espalier.model.Parameter;
import org.espalier.model.Wording;

/**
 * What a runtime may take of the memory: what the user allows, but not more than a GPU has free that is to hold everything.
 * Where only some layers are to be on a GPU, the machine's memory counts.
 *
 * @param bytes that are allowed
 * @param onGpu whether everything is to lie on a GPU
 * @param ofGpu whether they are what a GPU has free
 * @param given whether the user said how much
 * @param mappedBefore bytes of files that the process had mapped before any model was
 */
record MemoryAllowance(long bytes, boolean onGpu, boolean ofGpu, boolean given, long mappedBefore) {
    /** Where the system does not say what the process takes. */
    private static final long USUAL_MAPPED = 32L << 20;

    private static final long USUAL_OWN = 80L << 20;
    /** What Java's classes, code and heap, and the libraries' pages, grow by in a search. */
    private static final long STILL_TO_COME = 48L << 20;

    /**
     * What llama.cpp keeps of a word of a vocabulary, with its merges: 640 bytes at least, and 800 more where there are two
     * merges to a word. Measured: 1B and 7B shapes, one and two models, with {@code scripts/check-memory}.
     */
    private static final long LEAST_OF_WORD = 640;

    private static final long MORE_OF_WORD = 800;

    /** To be asked before anything is loaded. */
    static MemoryAllowance of(ResourceSettings resources) {
        Long memory = resources.memory();
        OptionalLong gpu = resources.gpuLayers() < 0 ? AvailableMemory.onGpu() : OptionalLong.empty();
        long usable = gpu.isPresent() ? gpu.getAsLong() * 9 / 10 : defaultBytes();
        long allowed = memory == null || (gpu.isPresent() && usable < memory) ? usable : memory;
        return new MemoryAllowance(
                allowed,
                gpu.isPresent(),
                gpu.isPresent() && allowed == usable,
                memory != null,
                PeakMemory.mappedBytes().orElse(USUAL_MAPPED));
    }

    /** Half of what the machine has, or what is left of it. */
    private static long defaultBytes() {
        return Math.min(AvailableMemory.totalBytes() / 2, AvailableMemory.bytes() * 9 / 10);
    }

    /**
     * Whether the limit is for all that the process takes, Java and llama.cpp's buffers too: where everything lies on a GPU it
     * is for what lies there.
     */
    boolean countsAll() {
        return !onGpu;
    }

    /**
     * To be asked when all models are loaded: weights in another layout than their file's are the process's own bytes.
     *
     * @param instead is asked what else the user can do where it is too little, as a part of a sentence
     */
    Limit limit(Supplier<Optional<Wording>> instead) {
        return limitBefore(0, instead);
    }

    /**
     * To be asked when no model is loaded yet.
     *
     * @param words of all models' vocabularies together
     * @param instead is asked what else the user can do where it is too little, as a part of a sentence
     */
    Limit limitBefore(long words, Supplier<Optional<Wording>> instead) {
        Parameter memory = Parameter.of("memory");
        Wording name = given
                ? Wording.of("%s is too small", memory)
                : Wording.of("too little memory (%d MiB may be taken, unless %s says more)", bytes >> 20, memory);
        long own = mappedBefore + PeakMemory.ownBytes().orElse(USUAL_OWN) + STILL_TO_COME + words * LEAST_OF_WORD;
        return new Limit(bytes, ofGpu, onGpu ? 0 : own, onGpu ? 0 : words * MORE_OF_WORD, name, instead);
    }
}
