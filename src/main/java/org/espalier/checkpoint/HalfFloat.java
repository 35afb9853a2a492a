package org.espalier.checkpoint;

/** IEEE 754 half precision, which Java has methods for from version 20 on. */
final class HalfFloat {
    private HalfFloat() {}

    static float toFloat(short half) {
        int bits = Short.toUnsignedInt(half);
        int sign = bits >>> 15 << 31;
        int exponent = bits >>> 10 & 0x1f;
        int fraction = bits & 0x3ff;
        if (exponent == 0) {
            float value = fraction * 0x1p-24f;
            return sign == 0 ? value : -value;
        }
        int wide = exponent == 0x1f ? 0xff : exponent - 15 + 127;
        return Float.intBitsToFloat(sign | wide << 23 | fraction << 13);
    }
}
