package org.espalier.checkpoint;

import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.espalier.checkpoint.SafetensorsFile.Tensor;
import org.espalier.gguf.HeadFormat;
import org.jspecify.annotations.Nullable;

/** Writes a dense head in single precision, as {@link HeadFormat} says. */
final class HeadWriter {
    private static final int VERSION = 3;
    private static final int STRING = 8;
    private static final int F32 = 0;
    private static final int ALIGNMENT = 32;

    private HeadWriter() {}

    /**
     * Writes it; it appears complete or not at all.
     *
     * @param numbers of a tensor
     */
    static void write(Path file, SplitHead head, Optional<String> profile, Function<Tensor, float[]> numbers)
            throws IOException {
        Map<String, String> metadata = new LinkedHashMap<>();
        metadata.put("general.architecture", HeadFormat.ARCHITECTURE);
        profile.ifPresent(name -> metadata.put(HeadFormat.PROFILE, name));
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        put(tensors, HeadFormat.DENSE_WEIGHT, head.denseWeight());
        put(tensors, HeadFormat.DENSE_BIAS, head.denseBias());
        put(tensors, HeadFormat.OUT_WEIGHT, head.outWeight());
        put(tensors, HeadFormat.OUT_BIAS, head.outBias());
        Path partial = file.resolveSibling(file.getFileName() + ".partial");
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(partial))) {
            byte[] header = header(metadata, tensors);
            out.write(header);
            pad(out, header.length);
            for (Tensor tensor : tensors.values()) {
                float[] values = numbers.apply(tensor);
                byte[] bytes = new byte[values.length * Float.BYTES];
                ByteBuffer.wrap(bytes)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .asFloatBuffer()
                        .put(values);
                out.write(bytes);
                pad(out, bytes.length);
            }
        }
        Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE);
    }

    private static void put(Map<String, Tensor> tensors, String name, @Nullable Tensor tensor) {
        if (tensor != null) {
            tensors.put(name, tensor);
        }
    }

    private static byte[] header(Map<String, String> metadata, Map<String, Tensor> tensors) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes("GGUF".getBytes(StandardCharsets.US_ASCII));
        out.writeBytes(little(4).putInt(VERSION).array());
        out.writeBytes(little(8).putLong(tensors.size()).array());
        out.writeBytes(little(8).putLong(metadata.size()).array());
        metadata.forEach((key, value) -> {
            string(out, key);
            out.writeBytes(little(4).putInt(STRING).array());
            string(out, value);
        });
        long offset = 0;
        for (Map.Entry<String, Tensor> entry : tensors.entrySet()) {
            string(out, entry.getKey());
            // GGUF has the contiguous dimension first.
            List<Long> shape = entry.getValue().shape();
            out.writeBytes(little(4).putInt(shape.size()).array());
            for (int i = shape.size() - 1; i >= 0; i--) {
                out.writeBytes(little(8).putLong(shape.get(i)).array());
            }
            out.writeBytes(little(4).putInt(F32).array());
            out.writeBytes(little(8).putLong(offset).array());
            offset += aligned(entry.getValue().elements() * Float.BYTES);
        }
        return out.toByteArray();
    }

    private static void string(ByteArrayOutputStream out, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        out.writeBytes(little(8).putLong(bytes.length).array());
        out.writeBytes(bytes);
    }

    private static ByteBuffer little(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static long aligned(long bytes) {
        return (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    }

    private static void pad(OutputStream out, int written) throws IOException {
        out.write(new byte[Math.floorMod(-written, ALIGNMENT)]);
    }
}
