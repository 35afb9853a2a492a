package org.espalier.safetensors;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** Writes safetensors files. */
public final class SafetensorsWriter {
    private final List<String> entries = new ArrayList<>();
    private final ByteArrayOutputStream data = new ByteArrayOutputStream();

    public SafetensorsWriter f32(String name, List<Integer> shape, float... values) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        return raw(name, "F32", shape, bytes.array());
    }

    public SafetensorsWriter halves(String name, String dtype, List<Integer> shape, int... bits) {
        ByteBuffer bytes = ByteBuffer.allocate(2 * bits.length).order(ByteOrder.LITTLE_ENDIAN);
        Arrays.stream(bits).forEach(value -> bytes.putShort((short) value));
        return raw(name, dtype, shape, bytes.array());
    }

    public SafetensorsWriter raw(String name, String dtype, List<Integer> shape, byte[] bytes) {
        entries.add("\"%s\": {\"dtype\": \"%s\", \"shape\": %s, \"data_offsets\": [%d, %d]}"
                .formatted(name, dtype, shape, data.size(), data.size() + bytes.length));
        data.writeBytes(bytes);
        return this;
    }

    public Path write(Path file) throws IOException {
        return write(
                file,
                entries.stream().collect(Collectors.joining(", ", "{\"__metadata__\": {\"format\": \"pt\"}, ", "}")));
    }

    public Path write(Path file, String header) throws IOException {
        byte[] json = header.getBytes(StandardCharsets.UTF_8);
        ByteBuffer all = ByteBuffer.allocate(8 + json.length + data.size()).order(ByteOrder.LITTLE_ENDIAN);
        all.putLong(json.length).put(json).put(data.toByteArray());
        return Files.write(file, all.array());
    }
}
