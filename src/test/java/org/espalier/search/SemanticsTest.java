package org.espalier.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.espalier.model.UsageException;
import org.espalier.search.Semantics.Quirk;
import org.junit.jupiter.api.Test;

class SemanticsTest {
    @Test
    void strictHasNoQuirkAndSalHasAll() {
        assertThat(Semantics.STRICT.quirks()).isEmpty();
        assertThat(Semantics.SAL.quirks()).containsExactly(Quirk.values());
    }

    @Test
    void withoutTakesOneQuirkAway() {
        Semantics mathShepherd = Semantics.SAL.without(Quirk.SCORE_EMPTY_STEPS);

        assertThat(mathShepherd.has(Quirk.SCORE_EMPTY_STEPS)).isFalse();
        assertThat(mathShepherd.quirks()).hasSize(Quirk.values().length - 1);
        assertThat(mathShepherd.name()).isEqualTo("sal");
    }

    @Test
    void parsesItsNames() {
        assertThat(Semantics.parse("strict")).isEqualTo(Semantics.STRICT);
        assertThat(Semantics.parse("sal")).isEqualTo(Semantics.SAL);
        assertThatThrownBy(() -> Semantics.parse("openr"))
                .isInstanceOf(UsageException.class)
                .hasMessage("parity openr is unknown: choose strict or sal");
    }
}
