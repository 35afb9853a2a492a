package org.espalier.model;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ExcerptTest {
    @Test
    void showsWhatFitsWhole() {
        assertThat(Excerpt.of("", 3)).isEmpty();
        assertThat(Excerpt.of("abc", 3)).isEqualTo("abc");
        assertThat(Excerpt.within("abc", 3)).isEqualTo("abc");
    }

    @Test
    void endsWithAnEllipsis() {
        assertThat(Excerpt.of("abcd", 3)).isEqualTo("abc…");
        assertThat(Excerpt.within("abcd", 3)).isEqualTo("ab…");
    }

    @Test
    void leavesNoBlankBeforeAnEllipsis() {
        assertThat(Excerpt.begun("ab ")).isEqualTo("ab…");
    }

    @Test
    void cutsNoCharacterApart() {
        assertThat(Excerpt.of("😀😀😀", 3)).isEqualTo("😀😀😀");
        assertThat(Excerpt.of("😀😀😀", 2)).isEqualTo("😀😀…");
        assertThat(Excerpt.within("😀😀😀", 2)).isEqualTo("😀…");
    }
}
