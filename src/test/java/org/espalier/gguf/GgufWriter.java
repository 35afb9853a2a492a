package org.espalier.gguf;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Writes GGUF headers, wrong ones as readily as right ones. */
public final class GgufWriter {
    private static final int UINT32 = 4;
    private static final int INT32 = 5;
    private static final int FLOAT32 = 6;
    private static final int STRING = 8;
    private static final int ARRAY = 9;

    private final ByteArrayOutputStream metadata = new ByteArrayOutputStream();
    private final ByteArrayOutputStream tensors = new ByteArrayOutputStream();
    private int metadataCount;
    private int tensorCount;
    private int dataBytes;

    public GgufWriter text(String key, String value) {
        return key(key, STRING).string(metadata, value);
    }

    public GgufWriter number(String key, int value) {
        return key(key, UINT32).bytes(metadata, Integer.BYTES, value);
    }

    GgufWriter real(String key, float value) {
        return key(key, FLOAT32).bytes(metadata, Float.BYTES, Float.floatToIntBits(value));
    }

    GgufWriter numbers(String key, List<Integer> values) {
        return numbers(key, UINT32, values);
    }

    GgufWriter signedNumbers(String key, List<Integer> values) {
        return numbers(key, INT32, values);
    }

    private GgufWriter numbers(String key, int type, List<Integer> values) {
        key(key, ARRAY).bytes(metadata, Integer.BYTES, type).bytes(metadata, Long.BYTES, values.size());
        values.forEach(value -> bytes(metadata, Integer.BYTES, value));
        return this;
    }

    public GgufWriter texts(String key, List<String> values) {
        key(key, ARRAY).bytes(metadata, Integer.BYTES, STRING).bytes(metadata, Long.BYTES, values.size());
        values.forEach(value -> string(metadata, value));
        return this;
    }

    /** A list that states a length and has no elements. */
    GgufWriter list(String key, int elementType, long length) {
        return key(key, ARRAY).bytes(metadata, Integer.BYTES, elementType).bytes(metadata, Long.BYTES, length);
    }

    /** A string that states a length and has no bytes. */
    GgufWriter textOfLength(String key, long length) {
        return key(key, STRING).bytes(metadata, Long.BYTES, length);
    }

    /** A tensor of a plain four-byte type. */
    public GgufWriter tensor(String name, long... shape) {
        int offset = dataBytes;
        long elements = 1;
        for (long length : shape) {
            elements *= length;
        }
        dataBytes += Math.toIntExact((4 * elements + 31) / 32 * 32);
        return rawTensor(name, GgmlType.F32.id(), offset, shape);
    }

    GgufWriter rawTensor(String name, int type, long offset, long... shape) {
        tensorCount++;
        string(tensors, name).bytes(tensors, Integer.BYTES, shape.length);
        for (long length : shape) {
            bytes(tensors, Long.BYTES, length);
        }
        return bytes(tensors, Integer.BYTES, type).bytes(tensors, Long.BYTES, offset);
    }

    /** The header and zeros for the tensors. */
    public byte[] toBytes() {
        return toBytes(3, tensorCount, metadataCount);
    }

    byte[] toBytes(int version, long statedTensors, long statedMetadata) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes("GGUF".getBytes(StandardCharsets.US_ASCII));
        bytes(out, Integer.BYTES, version);
        bytes(out, Long.BYTES, statedTensors);
        bytes(out, Long.BYTES, statedMetadata);
        out.writeBytes(metadata.toByteArray());
        out.writeBytes(tensors.toByteArray());
        if (tensorCount > 0) {
            out.writeBytes(new byte[Math.floorMod(-out.size(), 32)]);
            out.writeBytes(new byte[dataBytes]);
        }
        return out.toByteArray();
    }

    public Path write(Path file) throws IOException {
        return Files.write(file, toBytes());
    }

    private GgufWriter key(String key, int type) {
        metadataCount++;
        return string(metadata, key).bytes(metadata, Integer.BYTES, type);
    }

    private GgufWriter string(ByteArrayOutputStream out, String text) {
        byte[] encoded = text.getBytes(StandardCharsets.UTF_8);
        bytes(out, Long.BYTES, encoded.length);
        out.writeBytes(encoded);
        return this;
    }

    private GgufWriter bytes(ByteArrayOutputStream out, int count, long value) {
        byte[] little = ByteBuffer.allocate(Long.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(value)
                .array();
        out.write(little, 0, count);
        return this;
    }
}
