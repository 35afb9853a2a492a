package org.espalier.gguf;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import org.espalier.model.EspalierException;
import org.espalier.model.Reason;

/** Reads a tensor's numbers. */
final class GgufNumbers {
    private GgufNumbers() {}

    /**
     * Reads them as they are stored.
     *
     * @param offset of the first byte in the file, which has all of them
     * @throws EspalierException if they cannot be read, are too many, or neither of half nor of single precision
     */
    static float[] read(Path path, GgufTensor tensor, long offset) {
        GgmlType type = tensor.type().orElse(null);
        if (type != GgmlType.F32 && type != GgmlType.F16) {
            throw new EspalierException("the tensor %s of %s is of %s: only F32 and F16 are read here"
                    .formatted(tensor.name(), path, type == null ? "type " + tensor.typeId() : type));
        }
        if (tensor.bytes() > Integer.MAX_VALUE) {
            throw new EspalierException("the tensor %s of %s has %d bytes, which are too many here"
                    .formatted(tensor.name(), path, tensor.bytes()));
        }
        ByteBuffer bytes;
        try (FileChannel channel = FileChannel.open(path)) {
            bytes = channel.map(FileChannel.MapMode.READ_ONLY, offset, tensor.bytes());
        } catch (IOException e) {
            throw new EspalierException("cannot read " + path + ": " + Reason.of(e), e);
        }
        bytes.order(ByteOrder.LITTLE_ENDIAN);
        float[] numbers = new float[(int) tensor.elements()];
        if (type == GgmlType.F32) {
            bytes.asFloatBuffer().get(numbers);
        } else {
            for (int i = 0; i < numbers.length; i++) {
                numbers[i] = single(bytes.getShort(2 * i));
            }
        }
        return numbers;
    }

    /** IEEE 754 half precision to single. */
    private static float single(short half) {
        int exponent = half >> 10 & 0x1f;
        int fraction = half & 0x3ff;
        float magnitude;
        if (exponent == 0x1f) {
            magnitude = fraction == 0 ? Float.POSITIVE_INFINITY : Float.NaN;
        } else if (exponent == 0) {
            magnitude = Math.scalb((float) fraction, -24);
        } else {
            magnitude = Math.scalb((float) (fraction + 1024), exponent - 25);
        }
        return half < 0 ? -magnitude : magnitude;
    }
}
