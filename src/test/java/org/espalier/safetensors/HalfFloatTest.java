package org.espalier.safetensors;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HalfFloatTest {
    @Test
    void everyHalfComesBack() {
        for (int bits = 0; bits <= 0xffff; bits++) {
            float value = HalfFloat.toFloat((short) bits);
            if (!Float.isNaN(value)) {
                assertThat(HalfFloat.fromFloat(value))
                        .as(Integer.toHexString(bits))
                        .isEqualTo((short) bits);
            }
        }
        assertThat(HalfFloat.toFloat(HalfFloat.fromFloat(Float.NaN))).isNaN();
    }

    /** Between two neighbours the nearer one is taken, and in the middle the one whose last bit is 0. */
    @Test
    void roundsToTheNearestAndThenToTheEven() {
        for (int bits = 0; bits < 0x7bff; bits++) {
            double below = HalfFloat.toFloat((short) bits);
            double above = HalfFloat.toFloat((short) (bits + 1));
            float middle = (float) ((below + above) / 2);
            int even = bits % 2 == 0 ? bits : bits + 1;
            assertThat(HalfFloat.fromFloat(middle)).isEqualTo((short) even);
            assertThat(HalfFloat.fromFloat(Math.nextUp(middle))).isEqualTo((short) (bits + 1));
            assertThat(HalfFloat.fromFloat(Math.nextDown(middle))).isEqualTo((short) bits);
        }
        assertThat(HalfFloat.fromFloat(65519)).isEqualTo((short) 0x7bff);
        assertThat(HalfFloat.fromFloat(65520)).isEqualTo((short) 0x7c00);
        assertThat(HalfFloat.fromFloat(-1e30f)).isEqualTo((short) 0xfc00);
    }
}
