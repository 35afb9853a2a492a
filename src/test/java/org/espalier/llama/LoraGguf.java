package org.espalier.llama;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.espalier.gguf.GgufHeader;
import org.espalier.gguf.GgufTensor;

/**
 * A LoRA with seeded weights for the tests' llama: as an adapter file, and merged into a copy of its base. Both come from
 * the same numbers, so that what one computes the other must.
 */
public final class LoraGguf {
    private static final int STRING = 8;
    private static final int FLOAT32 = 6;
    private static final int ALIGNMENT = 32;

    /** Changes of a matrix: {@code b · a}, with {@code a} of rank rows and {@code b} of as many columns. */
    private record Change(int inputs, int outputs, float[] a, float[] b) {}

    private final int rank;
    private final float alpha;
    private final Map<String, Change> changes = new LinkedHashMap<>();

    String type = "adapter";
    String architecture = "llama";

    public LoraGguf(int rank, float alpha) {
        this.rank = rank;
        this.alpha = alpha;
    }

    /** Changes these matrices of all layers of a base. */
    public static LoraGguf over(Path base, int rank, float alpha, long seed, List<String> matrices) {
        LoraGguf lora = new LoraGguf(rank, alpha);
        Random random = new Random(seed);
        for (GgufTensor tensor : GgufHeader.read(base).tensors()) {
            if (matrices.stream().anyMatch(matrix -> tensor.name().endsWith(matrix + ".weight"))) {
                lora.change(
                        tensor.name(),
                        tensor.shape().get(0).intValue(),
                        tensor.shape().get(1).intValue(),
                        random);
            }
        }
        return lora;
    }

    public LoraGguf change(String tensor, int inputs, int outputs, Random random) {
        changes.put(
                tensor, new Change(inputs, outputs, uniform(rank * inputs, random), uniform(rank * outputs, random)));
        return this;
    }

    private static float[] uniform(int count, Random random) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (random.nextFloat() - 0.5f) * 0.3f;
        }
        return values;
    }

    public Path write(Path file) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write("GGUF".getBytes(StandardCharsets.US_ASCII));
        int32(out, 3);
        int64(out, 2L * changes.size());
        int64(out, 4);
        text(out, "general.type", type);
        text(out, "general.architecture", architecture);
        text(out, "adapter.type", "lora");
        string(out, "adapter.lora.alpha");
        int32(out, FLOAT32);
        int32(out, Float.floatToRawIntBits(alpha));
        long offset = 0;
        for (Map.Entry<String, Change> entry : changes.entrySet()) {
            Change change = entry.getValue();
            offset = tensor(out, entry.getKey() + ".lora_a", change.inputs, rank, offset);
            offset = tensor(out, entry.getKey() + ".lora_b", rank, change.outputs, offset);
        }
        pad(out);
        for (Change change : changes.values()) {
            floats(out, change.a);
            floats(out, change.b);
        }
        return Files.write(file, out.toByteArray());
    }

    private static long tensor(ByteArrayOutputStream out, String name, int columns, int rows, long offset)
            throws IOException {
        string(out, name);
        int32(out, 2);
        int64(out, columns);
        int64(out, rows);
        int32(out, 0);
        int64(out, offset);
        long end = offset + (long) Float.BYTES * columns * rows;
        return (end + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    }

    private static void floats(ByteArrayOutputStream out, float[] values) throws IOException {
        for (float value : values) {
            int32(out, Float.floatToRawIntBits(value));
        }
        pad(out);
    }

    private static void pad(ByteArrayOutputStream out) {
        while (out.size() % ALIGNMENT != 0) {
            out.write(0);
        }
    }

    private static void text(ByteArrayOutputStream out, String key, String value) throws IOException {
        string(out, key);
        int32(out, STRING);
        string(out, value);
    }

    private static void string(ByteArrayOutputStream out, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        int64(out, bytes.length);
        out.write(bytes);
    }

    private static void int32(ByteArrayOutputStream out, int value) throws IOException {
        out.write(ByteBuffer.allocate(4)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(value)
                .array());
    }

    private static void int64(ByteArrayOutputStream out, long value) throws IOException {
        out.write(ByteBuffer.allocate(8)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(value)
                .array());
    }

    /** Writes a copy of a float32 base in which each changed matrix is {@code w + alpha / rank · b · a}. */
    public Path merge(Path base, Path file) throws IOException {
        GgufHeader header = GgufHeader.read(base);
        long dataBytes = header.tensors().stream()
                .mapToLong(tensor -> tensor.offset() + tensor.bytes())
                .max()
                .orElseThrow();
        long data = header.expectedBytes() - dataBytes;
        Files.copy(base, file);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            for (GgufTensor tensor : header.tensors()) {
                Change change = changes.get(tensor.name());
                if (change != null) {
                    ByteBuffer weights = channel.map(
                                    FileChannel.MapMode.READ_WRITE, data + tensor.offset(), tensor.bytes())
                            .order(ByteOrder.LITTLE_ENDIAN);
                    add(change, weights);
                }
            }
        }
        return file;
    }

    private void add(Change change, ByteBuffer weights) {
        for (int row = 0; row < change.outputs; row++) {
            for (int column = 0; column < change.inputs; column++) {
                double sum = 0;
                for (int k = 0; k < rank; k++) {
                    sum += (double) change.b[row * rank + k] * change.a[k * change.inputs + column];
                }
                int at = Float.BYTES * (row * change.inputs + column);
                weights.putFloat(at, (float) (weights.getFloat(at) + alpha / rank * sum));
            }
        }
    }
}
