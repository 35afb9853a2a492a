package org.espalier.gguf;

import it.unimi.dsi.fastutil.longs.LongOpenHashSet;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Reads the two lists of a GGUF header, metadata and tensors, after its magic and version. */
final class GgufParser {
    /** Far more than any model has; llama.cpp compares each key, and each tensor's name, with all before it. */
    private static final int MAX_METADATA = 1 << 12;

    private static final int MAX_TENSORS = 1 << 14;
    private static final int MAX_DIMENSIONS = 4;
    private static final long MAX_STRINGS = 1L << 24;
    private static final int LEAST_METADATA_BYTES = 8 + 4 + 1;
    private static final int LEAST_TENSOR_BYTES = 8 + 4 + 4 + 8;
    private static final int LIST_ELEMENT_OVERHEAD = 32;
    /** Of the larger vocabularies. */
    private static final int USUAL_TOKENS = 1 << 18;

    private final GgufReader in;
    private final Set<String> whole;
    private boolean repeatsToken;

    /** The order is the file format's numbering. */
    private enum ValueType {
        UINT8(1),
        INT8(1),
        UINT16(2),
        INT16(2),
        UINT32(4),
        INT32(4),
        FLOAT32(4),
        BOOL(1),
        STRING(8),
        ARRAY(4 + 8),
        UINT64(8),
        INT64(8),
        FLOAT64(8);

        /** Of one value, at least. */
        private final int bytes;

        ValueType(int bytes) {
            this.bytes = bytes;
        }
    }

    /** @param repeatsToken whether two tokens of the vocabulary have the same text */
    record Contents(Map<String, Object> metadata, List<GgufTensor> tensors, boolean repeatsToken) {}

    /** @param whole keys of lists that are kept however long they are */
    GgufParser(GgufReader in, Set<String> whole) {
        this.in = in;
        this.whole = whole;
    }

    Contents parse() throws IOException {
        long tensorCount = in.count(LEAST_TENSOR_BYTES, "a tensor list");
        long metadataCount = in.count(LEAST_METADATA_BYTES, "a metadata list");
        if (tensorCount > MAX_TENSORS || metadataCount > MAX_METADATA) {
            throw in.damaged("%d tensors and %d metadata keys".formatted(tensorCount, metadataCount));
        }
        Map<String, Object> metadata = new LinkedHashMap<>();
        for (int i = 0; i < metadataCount; i++) {
            String key = in.string();
            ValueType type = valueType();
            Object value = type == ValueType.ARRAY ? array(key) : value(type);
            if (metadata.put(key, value) != null) {
                throw in.damaged("the key %s twice".formatted(GgufReader.quoted(key)));
            }
        }
        Set<String> names = new HashSet<>();
        List<GgufTensor> tensors = new ArrayList<>();
        for (int i = 0; i < tensorCount; i++) {
            GgufTensor tensor = tensor();
            if (!names.add(tensor.name())) {
                throw in.damaged("the tensor %s twice".formatted(GgufReader.quoted(tensor.name())));
            }
            tensors.add(tensor);
        }
        return new Contents(metadata, tensors, repeatsToken);
    }

    private ValueType valueType() throws IOException {
        int number = in.int32();
        ValueType[] types = ValueType.values();
        if (number < 0 || number >= types.length) {
            throw in.damaged("a value of the unknown type %d".formatted(number));
        }
        return types[number];
    }

    private Object value(ValueType type) throws IOException {
        return switch (type) {
            case UINT8 -> (long) Byte.toUnsignedInt(in.int8());
            case INT8 -> (long) in.int8();
            case UINT16 -> (long) Short.toUnsignedInt(in.int16());
            case INT16 -> (long) in.int16();
            case UINT32 -> Integer.toUnsignedLong(in.int32());
            case INT32 -> (long) in.int32();
            case UINT64, INT64 -> in.int64();
            case FLOAT32 -> (double) in.float32();
            case FLOAT64 -> in.float64();
            case BOOL -> in.int8() != 0;
            case STRING -> in.string();
            case ARRAY -> throw in.damaged("a list of lists");
        };
    }

    private GgufArray array(String key) throws IOException {
        ValueType type = valueType();
        if (type == ValueType.ARRAY) {
            throw in.damaged("a list of lists");
        }
        String name = type.name().toLowerCase(Locale.ROOT);
        long length = in.count(type.bytes, "a list");
        if (length > GgufArray.MAX_VALUES && !whole.contains(key)) {
            if (type == ValueType.STRING) {
                passStrings(length, key.equals(GgufHeader.TOKENS));
            } else {
                in.skip(length * type.bytes);
            }
            return new GgufArray(name, length, List.of());
        }
        in.keep(length * LIST_ELEMENT_OVERHEAD);
        List<Object> values = new ArrayList<>();
        for (int i = 0; i < length; i++) {
            values.add(value(type));
        }
        if (key.equals(GgufHeader.TOKENS)) {
            List<Object> texts =
                    values.stream().filter(text -> !text.equals("")).toList();
            repeatsToken = new HashSet<>(texts).size() < texts.size();
        }
        return new GgufArray(name, length, List.copyOf(values));
    }

    /** @param tokens whether they are to differ; empty ones are given names when they are loaded */
    private void passStrings(long length, boolean tokens) throws IOException {
        if (length > MAX_STRINGS) {
            throw in.damaged("a list of %d strings".formatted(length));
        }
        if (!tokens) {
            in.skipStrings(length, null);
            return;
        }
        LongOpenHashSet seen = new LongOpenHashSet((int) Math.min(length, USUAL_TOKENS));
        in.skipStrings(length, hash -> repeatsToken |= !seen.add(hash));
    }

    private GgufTensor tensor() throws IOException {
        String name = in.string();
        int dimensions = in.int32();
        String quoted = GgufReader.quoted(name);
        if (dimensions < 0 || dimensions > MAX_DIMENSIONS) {
            throw in.damaged("a tensor %s of %s dimensions".formatted(quoted, Integer.toUnsignedString(dimensions)));
        }
        List<Long> shape = new ArrayList<>();
        long elements = 1;
        for (int i = 0; i < dimensions; i++) {
            long length = in.int64();
            if (length < 0 || (length > 0 && elements > Long.MAX_VALUE / length)) {
                throw in.damaged("a tensor %s of an impossible shape".formatted(quoted));
            }
            shape.add(length);
            elements *= length;
        }
        int typeId = in.int32();
        long offset = in.int64();
        if (offset < 0) {
            throw in.damaged("a tensor %s at an impossible place".formatted(quoted));
        }
        return new GgufTensor(name, List.copyOf(shape), typeId, offset, elements, bytes(name, shape, typeId, elements));
    }

    private long bytes(String name, List<Long> shape, int typeId, long elements) {
        GgmlType type = GgmlType.of(typeId).orElse(null);
        if (type == null) {
            return 0;
        }
        long row = shape.isEmpty() ? 1 : shape.get(0);
        long blocks = elements / type.blockElements();
        if (row % type.blockElements() != 0 || blocks > Long.MAX_VALUE / type.blockBytes()) {
            throw in.damaged("a tensor %s of an impossible size".formatted(GgufReader.quoted(name)));
        }
        return blocks * type.blockBytes();
    }
}
