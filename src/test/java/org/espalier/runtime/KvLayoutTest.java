package org.espalier.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.espalier.model.Attention.STOCK;
import static org.espalier.model.Attention.TREE;

import org.junit.jupiter.api.Test;

class KvLayoutTest {
    @Test
    void autoSharesCellsWhereForksAreManyOrBranchesFewOrShort() {
        assertThat(KvLayout.AUTO.isUnified(true, STOCK, 256, 2048)).isTrue();
        assertThat(KvLayout.AUTO.isUnified(false, STOCK, 16, 2048)).isTrue();
        assertThat(KvLayout.AUTO.isUnified(false, STOCK, 32, 32)).isTrue();
        assertThat(KvLayout.AUTO.isUnified(false, STOCK, 32, 2048)).isFalse();
        assertThat(KvLayout.AUTO.isUnified(false, STOCK, 64, 32)).isFalse();
    }

    @Test
    void treeAttentionAlwaysSharesCells() {
        assertThat(KvLayout.AUTO.isUnified(false, TREE, 256, 2048)).isTrue();
        assertThat(KvLayout.AUTO.isUnified(false, TREE, 64, 32)).isTrue();
    }

    @Test
    void whatIsAskedForIsDone() {
        assertThat(KvLayout.UNIFIED.isUnified(false, STOCK, 256, 2048)).isTrue();
        assertThat(KvLayout.STREAMS.isUnified(true, TREE, 1, 1)).isFalse();
    }
}
