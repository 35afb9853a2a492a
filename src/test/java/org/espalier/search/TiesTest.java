package org.espalier.search;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;

class TiesTest {
    @Test
    void firstOfTheGreatestWins() {
        assertThat(Ties.firstOfGreatest(List.of("a", "bb", "cc", "d"), Comparator.comparingInt(String::length)))
                .isEqualTo("bb");
    }
}
