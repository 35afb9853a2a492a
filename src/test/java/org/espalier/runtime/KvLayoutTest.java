package org.espalier.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class KvLayoutTest {
    @Test
    void autoSharesCellsWhereForksAreManyOrBranchesFewOrShort() {
        assertThat(KvLayout.AUTO.isUnified(true, 256, 2048)).isTrue();
        assertThat(KvLayout.AUTO.isUnified(false, 16, 2048)).isTrue();
        assertThat(KvLayout.AUTO.isUnified(false, 32, 32)).isTrue();
        assertThat(KvLayout.AUTO.isUnified(false, 32, 2048)).isFalse();
        assertThat(KvLayout.AUTO.isUnified(false, 64, 32)).isFalse();
    }

    @Test
    void whatIsAskedForIsDone() {
        assertThat(KvLayout.UNIFIED.isUnified(false, 256, 2048)).isTrue();
        assertThat(KvLayout.STREAMS.isUnified(true, 1, 1)).isFalse();
    }
}
