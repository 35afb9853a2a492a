package org.espalier.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;

class AttentionTest {
    @Test
    void theEnvironmentChooses() {
        assertThat(Attention.preferred(Map.of())).isEqualTo(Attention.TREE);
        assertThat(Attention.preferred(Map.of(Attention.VARIABLE, ""))).isEqualTo(Attention.TREE);
        assertThat(Attention.preferred(Map.of(Attention.VARIABLE, "tree"))).isEqualTo(Attention.TREE);
        assertThat(Attention.preferred(Map.of(Attention.VARIABLE, "Stock"))).isEqualTo(Attention.STOCK);
    }

    @Test
    void saysWhatThereIs() {
        assertThatThrownBy(() -> Attention.preferred(Map.of(Attention.VARIABLE, "flash")))
                .isInstanceOf(UsageException.class)
                .hasMessage("ESPALIER_ATTENTION must be tree or stock, not flash");
    }
}
