package org.espalier.llama;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class TextFormTest {
    private static final List<String> CONTROLS = List.of("<a>", "<a>>");

    @Test
    void onlyVocabulariesThatNormaliseDo() {
        String text = "e\u0301";
        assertThat(TextForm.of("qwen2", CONTROLS).apply(text, false)).isEqualTo("\u00e9");
        assertThat(TextForm.of("qwen35", List.of()).apply(text, true)).isEqualTo("\u00e9");
        assertThat(TextForm.of("llama-bpe", CONTROLS).apply(text, false)).isEqualTo(text);
        assertThat(TextForm.of(null, CONTROLS).apply(text, true)).isEqualTo(text);
    }

    /** U+0338 and the character before it are one: a "greater than" becomes "not greater than". */
    @Test
    void controlTokensKeepTheirTexts() {
        TextForm form = TextForm.of("qwen2", CONTROLS);
        assertThat(form.apply("e\u0301<a>\u0338e\u0301<a>>\u0338", true)).isEqualTo("\u00e9<a>\u0338\u00e9<a>>\u0338");
        assertThat(form.apply("<a>\u0338", false)).isEqualTo("<a\u226f");
    }

    /** Such a run would take minutes to put in order. */
    @Test
    void moreMarksOnALetterThanAnyLanguageHasAreLeftAsTheyAre() {
        TextForm form = TextForm.of("qwen2", CONTROLS);
        String few = "e" + "\u0301\u0323".repeat(100);
        assertThat(form.apply(few, false)).isNotEqualTo(few);
        String marks = "e\u0301 a" + "\u0301\u0323".repeat(1 << 20);
        assertThat(form.apply(marks, false)).isSameAs(marks);
        String supplementary = "a" + "\ud834\udd65\ud834\udd6d".repeat(1 << 20);
        assertThat(form.apply(supplementary, false)).isSameAs(supplementary);
    }
}
