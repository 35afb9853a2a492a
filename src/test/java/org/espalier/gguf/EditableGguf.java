package org.espalier.gguf;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A small GGUF file in memory whose every field can be changed, to what no file should have as well. */
public final class EditableGguf {
    public static final int UINT32 = 4;
    public static final int INT32 = 5;
    public static final int FLOAT32 = 6;
    public static final int BOOL = 7;
    public static final int STRING = 8;
    public static final int ARRAY = 9;
    public static final int UINT64 = 10;

    private static final int MAGIC = 0x46554747;
    private static final int[] SCALAR_BYTES = {1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8};

    /** A key and its value: a Long, Double or String, or a list of them. */
    public static final class Entry {
        public String key;
        public int type;
        /** Of an array's elements. */
        public int elementType;

        public Object value;

        public Entry(String key, int type, int elementType, Object value) {
            this.key = key;
            this.type = type;
            this.elementType = elementType;
            this.value = value;
        }

        @SuppressWarnings("unchecked")
        public List<Object> list() {
            return (List<Object>) value;
        }

        private Entry copy() {
            return new Entry(key, type, elementType, value instanceof List<?> list ? new ArrayList<>(list) : value);
        }
    }

    /** A tensor; {@link #write} gives it its place. */
    public static final class Tensor {
        public String name;
        public long[] shape;
        public int type;
        public byte[] data;
        /** Added to its place in the file. */
        public long shift;

        Tensor(String name, long[] shape, int type, byte[] data) {
            this.name = name;
            this.shape = shape;
            this.type = type;
            this.data = data;
        }

        public long elements() {
            return Arrays.stream(shape).reduce(1, (a, b) -> a * b);
        }

        /** Gives it another type or shape, and as many bytes as these take; the bytes there are repeated. */
        public void become(int newType, long... newShape) {
            type = newType;
            shape = newShape;
            GgmlType known = GgmlType.of(newType).orElse(GgmlType.F32);
            long bytes = elements() / known.blockElements() * known.blockBytes();
            byte[] filled = new byte[(int) Math.max(0, Math.min(bytes, 1 << 22))];
            for (int i = 0; i < filled.length && data.length > 0; i++) {
                filled[i] = data[i % data.length];
            }
            data = filled;
        }
    }

    public int version = 3;
    public final List<Entry> metadata = new ArrayList<>();
    public final List<Tensor> tensors = new ArrayList<>();

    public static EditableGguf read(Path file) throws IOException {
        ByteBuffer in = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        EditableGguf model = new EditableGguf();
        in.getInt();
        model.version = in.getInt();
        long tensorCount = in.getLong();
        long metadataCount = in.getLong();
        for (long i = 0; i < metadataCount; i++) {
            String key = string(in);
            int type = in.getInt();
            if (type == ARRAY) {
                int elementType = in.getInt();
                long length = in.getLong();
                List<Object> values = new ArrayList<>();
                for (long j = 0; j < length; j++) {
                    values.add(scalar(in, elementType));
                }
                model.metadata.add(new Entry(key, type, elementType, values));
            } else {
                model.metadata.add(new Entry(key, type, 0, scalar(in, type)));
            }
        }
        List<Long> offsets = new ArrayList<>();
        for (long i = 0; i < tensorCount; i++) {
            String name = string(in);
            long[] shape = new long[in.getInt()];
            for (int j = 0; j < shape.length; j++) {
                shape[j] = in.getLong();
            }
            model.tensors.add(new Tensor(name, shape, in.getInt(), new byte[0]));
            offsets.add(in.getLong());
        }
        int start = (in.position() + 31) / 32 * 32;
        for (int i = 0; i < offsets.size(); i++) {
            Tensor tensor = model.tensors.get(i);
            GgmlType type = GgmlType.of(tensor.type).orElseThrow();
            tensor.data = new byte[(int) (tensor.elements() / type.blockElements() * type.blockBytes())];
            in.position(start + Math.toIntExact(offsets.get(i)));
            in.get(tensor.data);
        }
        return model;
    }

    /** Data is shared, and replaced where it changes. */
    public EditableGguf copy() {
        EditableGguf copy = new EditableGguf();
        copy.version = version;
        metadata.forEach(entry -> copy.metadata.add(entry.copy()));
        for (Tensor tensor : tensors) {
            copy.tensors.add(new Tensor(tensor.name, tensor.shape.clone(), tensor.type, tensor.data));
        }
        return copy;
    }

    public Entry entry(String key) {
        return metadata.stream().filter(e -> e.key.equals(key)).findFirst().orElseThrow();
    }

    public boolean has(String key) {
        return metadata.stream().anyMatch(entry -> entry.key.equals(key));
    }

    public Tensor tensor(String name) {
        return tensors.stream().filter(t -> t.name.equals(name)).findFirst().orElseThrow();
    }

    /** Adds a tensor of single-precision numbers. */
    public EditableGguf with(String name, float value, long... shape) {
        Tensor tensor = new Tensor(name, shape, GgmlType.F32.id(), new byte[0]);
        ByteBuffer numbers =
                ByteBuffer.allocate(Math.toIntExact(4 * tensor.elements())).order(ByteOrder.LITTLE_ENDIAN);
        for (long i = 0; i < tensor.elements(); i++) {
            numbers.putFloat(value * ((i * 7919) % 13 - 6) / 6);
        }
        tensor.data = numbers.array();
        tensors.add(tensor);
        return this;
    }

    /** Sets a value, of a key that is there or not. */
    public EditableGguf set(String key, int type, Object value) {
        return put(new Entry(key, type, 0, value));
    }

    public EditableGguf setList(String key, int elementType, List<?> values) {
        return put(new Entry(key, ARRAY, elementType, new ArrayList<Object>(values)));
    }

    private EditableGguf put(Entry entry) {
        metadata.removeIf(each -> each.key.equals(entry.key));
        metadata.add(entry);
        return this;
    }

    public Path write(Path file) throws IOException {
        return Files.write(file, toBytes());
    }

    public byte[] toBytes() {
        Out out = new Out();
        out.number(4, MAGIC).number(4, version).number(8, tensors.size()).number(8, metadata.size());
        for (Entry entry : metadata) {
            out.string(entry.key).number(4, entry.type);
            if (entry.type == ARRAY) {
                List<Object> values =
                        entry.value instanceof List<?> list ? new ArrayList<>(list) : List.of(entry.value);
                out.number(4, entry.elementType).number(8, values.size());
                values.forEach(value -> out.scalar(entry.elementType, value));
            } else {
                out.scalar(entry.type, entry.value);
            }
        }
        long alignment = alignment();
        long offset = 0;
        for (Tensor tensor : tensors) {
            out.string(tensor.name).number(4, tensor.shape.length);
            for (long length : tensor.shape) {
                out.number(8, length);
            }
            out.number(4, tensor.type).number(8, offset + tensor.shift);
            offset += (tensor.data.length + alignment - 1) / alignment * alignment;
        }
        out.pad(alignment);
        int start = out.size();
        for (Tensor tensor : tensors) {
            out.writeBytes(tensor.data);
            out.padFrom(start, alignment);
        }
        return out.toByteArray();
    }

    private long alignment() {
        if (!has("general.alignment") || !(entry("general.alignment").value instanceof Long stated)) {
            return 32;
        }
        return stated > 0 && stated <= 4096 ? stated : 32;
    }

    private static Object scalar(ByteBuffer in, int type) {
        return switch (type) {
            case STRING -> string(in);
            case FLOAT32 -> (double) in.getFloat();
            case 12 -> in.getDouble();
            case 0, BOOL -> (long) (in.get() & 0xff);
            case 1 -> (long) in.get();
            case 2 -> (long) (in.getShort() & 0xffff);
            case 3 -> (long) in.getShort();
            case UINT32 -> in.getInt() & 0xffffffffL;
            case INT32 -> (long) in.getInt();
            default -> in.getLong();
        };
    }

    private static String string(ByteBuffer in) {
        byte[] bytes = new byte[Math.toIntExact(in.getLong())];
        in.get(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static final class Out extends ByteArrayOutputStream {
        Out number(int bytes, long value) {
            byte[] little = ByteBuffer.allocate(Long.BYTES)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putLong(value)
                    .array();
            write(little, 0, bytes);
            return this;
        }

        Out string(String text) {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            number(8, bytes.length);
            writeBytes(bytes);
            return this;
        }

        /** A value as the type has it, whatever it is. */
        Out scalar(int type, Object value) {
            if (type == STRING) {
                return string(String.valueOf(value));
            }
            double real = value instanceof Double number ? number : value instanceof Long whole ? whole : 0;
            long whole = value instanceof Long number ? number : (long) real;
            return switch (type) {
                case FLOAT32 -> number(4, Float.floatToRawIntBits((float) real));
                case 12 -> number(8, Double.doubleToRawLongBits(real));
                default -> type >= 0 && type < SCALAR_BYTES.length ? number(SCALAR_BYTES[type], whole) : this;
            };
        }

        void pad(long alignment) {
            padFrom(0, alignment);
        }

        void padFrom(int start, long alignment) {
            writeBytes(new byte[(int) Math.floorMod(-(long) (size() - start), alignment)]);
        }

        @Override
        public void writeBytes(byte[] bytes) {
            try {
                write(bytes);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
