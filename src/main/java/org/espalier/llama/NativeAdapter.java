package org.espalier.llama;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.espalier.model.EspalierException;

/**
 * A LoRA (Hu et al. 2021, arXiv 2106.09685) over a loaded model: the low-rank changes that make another model of it. Only
 * the contexts that it is applied to compute with it, so that one copy of the weights serves a policy and its PRM. Keeps
 * the model open; safe for use by several threads.
 */
public final class NativeAdapter extends NativeHandle {
    private final NativeModel model;
    private final Path file;
    private final long bytes;

    private NativeAdapter(long handle, NativeModel model, Path file, long bytes) {
        super(handle, "the adapter " + file.getFileName());
        this.model = model;
        this.file = file;
        this.bytes = bytes;
    }

    /**
     * Loads an adapter, before the contexts that use it are opened.
     *
     * @param file a GGUF of the kind that llama.cpp's {@code convert_lora_to_gguf.py} writes
     * @throws EspalierException if the file cannot be read, is no plain LoRA, or one of another base; the message says which
     */
    public static NativeAdapter open(NativeModel model, Path file) {
        String what =
                "load the adapter " + file + " for the model " + model.file().getFileName();
        long bytes;
        try {
            bytes = Files.size(file);
        } catch (IOException e) {
            throw new EspalierException("cannot " + what + ": there is no such file", e);
        }
        long modelHandle = model.acquire();
        long handle = 0;
        try {
            handle = open(modelHandle, file.toAbsolutePath().toString().getBytes(UTF_8));
        } finally {
            if (handle == 0) {
                model.release();
            }
        }
        if (handle == 0) {
            throw StatusMapper.failure(what);
        }
        return new NativeAdapter(handle, model, file, bytes);
    }

    NativeModel model() {
        return model;
    }

    public Path file() {
        return file;
    }

    /** Size of its file, which is about what it takes in memory beside the model. */
    public long bytes() {
        return bytes;
    }

    @Override
    void free(long handle) {
        close(handle);
        model.release();
    }

    private static native long open(long model, byte[] path);

    private static native void close(long handle);

    /** Makes a context compute with it; a status. */
    static native int apply(long handle, long context);
}
