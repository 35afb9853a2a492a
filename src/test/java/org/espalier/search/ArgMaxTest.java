package org.espalier.search;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;

class ArgMaxTest {
    @Test
    void firstOfTheGreatestWins() {
        assertThat(ArgMax.firstOfGreatest(List.of("a", "bb", "cc", "d"), Comparator.comparingInt(String::length)))
                .isEqualTo("bb");
    }
}
