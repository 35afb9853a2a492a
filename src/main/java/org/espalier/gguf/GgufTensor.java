package org.espalier.gguf;

import java.util.List;
import java.util.Optional;

/**
 * A tensor as a GGUF header describes it.
 *
 * @param shape number of elements along each dimension, the contiguous one first
 * @param typeId number of its {@link GgmlType}
 * @param offset of its first byte from the start of the data section
 * @param elements product of the shape
 * @param bytes that it takes; 0 if its type is not known
 */
public record GgufTensor(String name, List<Long> shape, int typeId, long offset, long elements, long bytes) {
    /** Empty for a type that is newer than this build. */
    public Optional<GgmlType> type() {
        return GgmlType.of(typeId);
    }
}
