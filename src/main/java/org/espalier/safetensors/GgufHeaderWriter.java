package org.espalier.safetensors;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.espalier.gguf.GgmlType;

/** Builds the header of a GGUF file: what comes before the tensors' bytes. */
final class GgufHeaderWriter {
    static final int ALIGNMENT = 32;
    private static final int VERSION = 3;
    private static final int UINT32 = 4;
    private static final int INT32 = 5;
    private static final int FLOAT32 = 6;
    private static final int BOOL = 7;
    private static final int STRING = 8;
    private static final int ARRAY = 9;

    private final ByteArrayOutputStream metadata = new ByteArrayOutputStream();
    private final ByteArrayOutputStream infos = new ByteArrayOutputStream();
    private final List<Long> offsets = new ArrayList<>();
    private long keys;
    private long end;

    GgufHeaderWriter text(String key, String value) {
        key(key, STRING);
        string(metadata, value);
        return this;
    }

    GgufHeaderWriter number(String key, long value) {
        key(key, UINT32);
        metadata.writeBytes(little(4).putInt((int) value).array());
        return this;
    }

    GgufHeaderWriter real(String key, double value) {
        key(key, FLOAT32);
        metadata.writeBytes(little(4).putFloat((float) value).array());
        return this;
    }

    GgufHeaderWriter flag(String key, boolean value) {
        key(key, BOOL);
        metadata.write(value ? 1 : 0);
        return this;
    }

    GgufHeaderWriter texts(String key, List<String> values) {
        array(key, STRING, values.size());
        values.forEach(value -> string(metadata, value));
        return this;
    }

    GgufHeaderWriter numbers(String key, List<Integer> values) {
        array(key, INT32, values.size());
        values.forEach(value -> metadata.writeBytes(little(4).putInt(value).array()));
        return this;
    }

    /**
     * Adds a tensor behind those that are there.
     *
     * @param shape outermost dimension first
     */
    GgufHeaderWriter tensor(String name, List<Long> shape, GgmlType type) {
        string(infos, name);
        // GGUF has the contiguous dimension first.
        infos.writeBytes(little(4).putInt(shape.size()).array());
        for (int i = shape.size() - 1; i >= 0; i--) {
            infos.writeBytes(little(8).putLong(shape.get(i)).array());
        }
        infos.writeBytes(little(4).putInt(type.id()).array());
        infos.writeBytes(little(8).putLong(end).array());
        offsets.add(end);
        end += aligned(bytes(shape, type));
        return this;
    }

    static long bytes(List<Long> shape, GgmlType type) {
        long elements = shape.stream().reduce(1L, Math::multiplyExact);
        return elements / type.blockElements() * type.blockBytes();
    }

    static long aligned(long bytes) {
        return (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    }

    /** The header, padded to where the tensors begin. */
    byte[] toBytes() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes("GGUF".getBytes(StandardCharsets.US_ASCII));
        out.writeBytes(little(4).putInt(VERSION).array());
        out.writeBytes(little(8).putLong(offsets.size()).array());
        out.writeBytes(little(8).putLong(keys).array());
        out.writeBytes(metadata.toByteArray());
        out.writeBytes(infos.toByteArray());
        out.writeBytes(new byte[(int) (aligned(out.size()) - out.size())]);
        return out.toByteArray();
    }

    /** Where each tensor begins behind the header, in the order in which they were added. */
    List<Long> offsets() {
        return List.copyOf(offsets);
    }

    /** Bytes of all tensors. */
    long dataBytes() {
        return end;
    }

    private void key(String key, int type) {
        keys++;
        string(metadata, key);
        metadata.writeBytes(little(4).putInt(type).array());
    }

    private void array(String key, int type, int count) {
        key(key, ARRAY);
        metadata.writeBytes(little(4).putInt(type).array());
        metadata.writeBytes(little(8).putLong(count).array());
    }

    private static void string(ByteArrayOutputStream out, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        out.writeBytes(little(8).putLong(bytes.length).array());
        out.writeBytes(bytes);
    }

    private static ByteBuffer little(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
