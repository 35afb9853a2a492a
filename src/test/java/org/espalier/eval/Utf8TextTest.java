package org.espalier.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class Utf8TextTest {
    private static String read(byte[] bytes) throws IOException {
        return Utf8Text.read(new ByteArrayInputStream(bytes));
    }

    @Test
    void aByteOrderMarkIsNoPartOfTheText() throws IOException {
        for (String text : List.of("", "½", "ab", "a\uFEFFb", "🌳\r\n")) {
            assertThat(read(text.getBytes(StandardCharsets.UTF_8))).isEqualTo(text);
            assertThat(read(("\uFEFF" + text).getBytes(StandardCharsets.UTF_8))).isEqualTo(text);
        }
    }

    @Test
    void anotherEncodingIsRefused() {
        for (String name : List.of("UTF-16", "UTF-16LE", "UTF-16BE", "x-UTF-16LE-BOM", "UTF-32", "UTF-32LE")) {
            assertThatThrownBy(() -> read("{\"problem\"".getBytes(Charset.forName(name))))
                    .as(name)
                    .isInstanceOfSatisfying(
                            CharacterCodingException.class,
                            e -> assertThat(Utf8Text.reason(e))
                                    .isEqualTo("it is UTF-16 or UTF-32 text: save it as UTF-8"));
        }
        assertThatThrownBy(() -> read("größer".getBytes(StandardCharsets.ISO_8859_1)))
                .isInstanceOfSatisfying(
                        CharacterCodingException.class,
                        e -> assertThat(Utf8Text.reason(e)).isEqualTo("it is not UTF-8 text"));
    }
}
