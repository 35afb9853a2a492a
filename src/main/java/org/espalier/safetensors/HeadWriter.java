package org.espalier.safetensors;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.espalier.gguf.GgmlType;
import org.espalier.gguf.HeadFormat;
import org.espalier.safetensors.SafetensorsFile.Tensor;
import org.jspecify.annotations.Nullable;

/** Writes a dense head in single precision, as {@link HeadFormat} says. */
public final class HeadWriter {
    private HeadWriter() {}

    /**
     * Writes it; it appears complete or not at all.
     *
     * @param numbers of a tensor
     */
    public static void write(Path file, SplitHead head, Optional<String> profile, Function<Tensor, float[]> numbers)
            throws IOException {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        put(tensors, HeadFormat.DENSE_WEIGHT, head.denseWeight());
        put(tensors, HeadFormat.DENSE_BIAS, head.denseBias());
        put(tensors, HeadFormat.OUT_WEIGHT, head.outWeight());
        put(tensors, HeadFormat.OUT_BIAS, head.outBias());
        GgufHeaderWriter header = new GgufHeaderWriter().text("general.architecture", HeadFormat.ARCHITECTURE);
        profile.ifPresent(name -> header.text(HeadFormat.PROFILE, name));
        tensors.forEach((name, tensor) -> header.tensor(name, tensor.shape(), GgmlType.F32));
        Path partial = file.resolveSibling(file.getFileName() + ".partial");
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(partial))) {
            out.write(header.toBytes());
            for (Tensor tensor : tensors.values()) {
                float[] values = numbers.apply(tensor);
                byte[] bytes = new byte[(int) GgufHeaderWriter.aligned((long) values.length * Float.BYTES)];
                ByteBuffer.wrap(bytes)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .asFloatBuffer()
                        .put(values);
                out.write(bytes);
            }
        }
        Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE);
    }

    private static void put(Map<String, Tensor> tensors, String name, @Nullable Tensor tensor) {
        if (tensor != null) {
            tensors.put(name, tensor);
        }
    }
}
