package org.espalier.picture;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class TextBoxTest {
    private static final String PROSE =
            "the clips that she sold in May are half as many as the clips that she sold in April";

    @Test
    void linesFitTheirBoxAndLoseNothingButTheEnd() {
        List<String> lines = TextBox.wrap(PROSE, 12, 150, 3);
        assertThat(lines).hasSize(3).allMatch(line -> TextBox.width(line, 12) <= 150);
        assertThat(String.join(" ", lines)).endsWith("…");
        assertThat(PROSE).startsWith(String.join(" ", lines).replace("…", ""));
        assertThat(String.join(" ", TextBox.wrap(PROSE, 12, 150, 20))).isEqualTo(PROSE);
    }

    @Test
    void aWordThatIsTooLongIsBrokenAndNoCharacterIsCutInTwo() {
        String word = "🎉".repeat(40);
        List<String> lines = TextBox.wrap(word, 12, 100, 30);
        assertThat(String.join("", lines)).isEqualTo(word);
        assertThat(lines).allMatch(line -> line.length() % 2 == 0 && !line.isEmpty());
        assertThat(TextBox.wrap(word, 12, 1, 3)).hasSize(3);
    }

    @Test
    void whatFitsIsLeftAlone() {
        assertThat(TextBox.clip("12 × 7 = 84", 12, 200)).isEqualTo("12 × 7 = 84");
        assertThat(TextBox.wrap("", 12, 100, 2)).containsExactly("");
    }
}
