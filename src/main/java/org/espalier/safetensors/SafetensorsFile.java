package org.espalier.safetensors;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.espalier.model.EspalierException;
import org.espalier.model.Reason;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A safetensors file: eight bytes that say how long its JSON header is, the header, and the tensors' bytes, little-endian
 * and row after row (the format's own README). Immutable; the file is opened for each call.
 */
public final class SafetensorsFile {
    /** Bytes of a header at most, as the format's own readers have it. */
    public static final long MAX_HEADER = 100_000_000;

    private static final String METADATA = "__metadata__";
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final Path path;
    private final long data;
    private final List<Tensor> tensors;

    /**
     * A tensor.
     *
     * @param dtype in the format's words, such as BF16
     * @param shape outermost dimension first
     * @param begin of its bytes, from the end of the header
     * @param end of its bytes, exclusive
     */
    public record Tensor(String name, String dtype, List<Long> shape, long begin, long end) {
        public long elements() {
            return shape.stream().reduce(1L, Math::multiplyExact);
        }
    }

    private SafetensorsFile(Path path, long data, List<Tensor> tensors) {
        this.path = path;
        this.data = data;
        this.tensors = List.copyOf(tensors);
    }

    /** @throws EspalierException if the file cannot be read, or is cut off or none */
    public static SafetensorsFile open(Path path) {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            ByteBuffer length = read(channel, 0, Long.BYTES, path);
            long headerBytes = length.getLong();
            long data = Long.BYTES + headerBytes;
            if (headerBytes < 2 || headerBytes > MAX_HEADER || data > channel.size()) {
                throw damaged(path, "a header of %s bytes".formatted(Long.toUnsignedString(headerBytes)));
            }
            String json = StandardCharsets.UTF_8
                    .decode(read(channel, Long.BYTES, (int) headerBytes, path))
                    .toString();
            List<Tensor> tensors = tensors(json, path);
            long end = tensors.stream().mapToLong(Tensor::end).max().orElse(0);
            if (end > channel.size() - data) {
                throw new EspalierException("%s is cut off: it has %d of %d bytes; get the whole file"
                        .formatted(path, channel.size(), data + end));
            }
            return new SafetensorsFile(path, data, tensors);
        } catch (IOException e) {
            throw new EspalierException("cannot read " + path + ": " + Reason.of(e), e);
        }
    }

    /**
     * Reads a header.
     *
     * @param json of a file
     * @param path what messages call the file
     * @throws EspalierException if it is none
     */
    public static List<Tensor> tensors(String json, Path path) {
        try {
            return tensors(JSON.readTree(json), path);
        } catch (JacksonException e) {
            throw damaged(path, "a header that is not JSON");
        }
    }

    private static List<Tensor> tensors(JsonNode header, Path path) {
        if (!header.isObject()) {
            throw damaged(path, "a header that is not a JSON object");
        }
        List<Tensor> tensors = new ArrayList<>();
        header.properties().forEach(entry -> {
            if (!entry.getKey().equals(METADATA)) {
                tensors.add(tensor(entry.getKey(), entry.getValue(), path));
            }
        });
        tensors.sort(Comparator.comparingLong(Tensor::begin).thenComparingLong(Tensor::end));
        long end = 0;
        for (Tensor tensor : tensors) {
            if (tensor.begin() < end) {
                throw damaged(path, "a tensor " + tensor.name() + " inside another one");
            }
            end = tensor.end();
        }
        return tensors;
    }

    private static Tensor tensor(String name, JsonNode node, Path path) {
        try {
            List<Long> shape = new ArrayList<>();
            for (JsonNode length : node.path("shape")) {
                if (!length.isIntegralNumber() || length.asLong() < 0) {
                    throw damaged(path, "a tensor " + name + " of an impossible shape");
                }
                shape.add(length.asLong());
            }
            JsonNode offsets = node.path("data_offsets");
            Tensor tensor = new Tensor(
                    name,
                    node.path("dtype").asString(""),
                    List.copyOf(shape),
                    offsets.path(0).asLong(-1),
                    offsets.path(1).asLong(-1));
            long bytes = Math.multiplyExact(tensor.elements(), bytesOf(tensor.dtype()));
            if (tensor.begin() < 0 || tensor.end() - tensor.begin() != bytes) {
                throw damaged(path, "a tensor %s of %s whose place does not fit".formatted(name, tensor.dtype()));
            }
            return tensor;
        } catch (ArithmeticException e) {
            throw damaged(path, "a tensor " + name + " of an impossible shape");
        }
    }

    /** Bytes of one number; an unknown type has none, so that its place cannot fit. */
    private static long bytesOf(String dtype) {
        return switch (dtype.toUpperCase(Locale.ROOT)) {
            case "F64", "I64", "U64" -> 8;
            case "F32", "I32", "U32" -> 4;
            case "F16", "BF16", "I16", "U16" -> 2;
            case "I8", "U8", "BOOL", "F8_E4M3", "F8_E5M2" -> 1;
            default -> 0;
        };
    }

    private static EspalierException damaged(Path path, String what) {
        return new EspalierException("%s is not a usable safetensors file: it has %s".formatted(path, what));
    }

    private static ByteBuffer read(FileChannel channel, long at, int bytes, Path path) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
        while (buffer.hasRemaining()) {
            if (channel.read(buffer, at + buffer.position()) < 0) {
                throw damaged(path, "too few bytes");
            }
        }
        return buffer.flip();
    }

    public Path path() {
        return path;
    }

    /** In the order in which they lie. */
    public List<Tensor> tensors() {
        return tensors;
    }

    /**
     * A tensor's numbers.
     *
     * @throws EspalierException if it is not of floating-point numbers, or too large for an array
     */
    public float[] read(Tensor tensor) {
        if (tensor.end() - tensor.begin() > Integer.MAX_VALUE - 64) {
            throw new EspalierException("the tensor %s of %s is too large for a head".formatted(tensor.name(), path));
        }
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            ByteBuffer bytes = read(channel, data + tensor.begin(), (int) (tensor.end() - tensor.begin()), path);
            return values(tensor, bytes, path);
        } catch (IOException e) {
            throw new EspalierException("cannot read " + path + ": " + Reason.of(e), e);
        }
    }

    /**
     * Numbers of a tensor.
     *
     * @param bytes of it, all or some, little-endian
     * @param path what messages call the file
     * @throws EspalierException if they are no floating-point numbers
     */
    public static float[] values(Tensor tensor, ByteBuffer bytes, Path path) {
        float[] values = new float[(int) (bytes.remaining() / Math.max(1, bytesOf(tensor.dtype())))];
        for (int i = 0; i < values.length; i++) {
            values[i] = switch (tensor.dtype()) {
                case "F64" -> (float) bytes.getDouble();
                case "F32" -> bytes.getFloat();
                case "BF16" -> Float.intBitsToFloat(bytes.getShort() << 16);
                case "F16" -> HalfFloat.toFloat(bytes.getShort());
                default ->
                    throw new EspalierException("the tensor %s of %s is of type %s, which cannot be read"
                            .formatted(tensor.name(), path, tensor.dtype()));
            };
        }
        return values;
    }

    /** Writes a copy that lacks some tensors and calls the others differently. */
    public void copy(Predicate<String> kept, UnaryOperator<String> renamed, Path target) throws IOException {
        Map<String, Object> header = new LinkedHashMap<>();
        List<Tensor> copied =
                tensors.stream().filter(tensor -> kept.test(tensor.name())).toList();
        Set<String> names = new HashSet<>();
        long at = 0;
        for (Tensor tensor : copied) {
            String name = renamed.apply(tensor.name());
            if (!names.add(name)) {
                throw damaged(path, "two tensors that would be called " + name);
            }
            long bytes = tensor.end() - tensor.begin();
            header.put(
                    name,
                    Map.of("dtype", tensor.dtype(), "shape", tensor.shape(), "data_offsets", List.of(at, at + bytes)));
            at += bytes;
        }
        byte[] json = JSON.writeValueAsBytes(header);
        // The format's own writer pads with blanks so that the tensors are aligned.
        byte[] padding = " ".repeat(Math.floorMod(-json.length, Long.BYTES)).getBytes(StandardCharsets.US_ASCII);
        try (FileChannel in = FileChannel.open(path, StandardOpenOption.READ);
                FileChannel out = FileChannel.open(
                        target,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.TRUNCATE_EXISTING,
                        StandardOpenOption.WRITE)) {
            ByteBuffer start = ByteBuffer.allocate(Long.BYTES + json.length + padding.length)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putLong(json.length + padding.length)
                    .put(json)
                    .put(padding)
                    .flip();
            while (start.hasRemaining()) {
                out.write(start);
            }
            for (Tensor tensor : copied) {
                for (long from = tensor.begin(); from < tensor.end(); ) {
                    from += in.transferTo(data + from, tensor.end() - from, out);
                }
            }
        }
    }
}
