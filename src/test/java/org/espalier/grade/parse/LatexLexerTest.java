package org.espalier.grade.parse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LatexLexerTest {

    private static List<String> texts(String input) {
        return LatexLexer.tokenize(input).stream().map(LatexToken::text).toList();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"11,111", "11{,}111", "11,\\!111", "11,\\! 111", "11\\,111", "11 111", "$11,111$", "\\$11,111"})
    void joinsThousands(String input) {
        assertThat(texts(input)).containsExactly("11111");
    }

    @Test
    void keepsLists() {
        assertThat(texts("1,2")).containsExactly("1", ",", "2");
        assertThat(texts("58,5000")).containsExactly("58", ",", "5000");
        assertThat(texts("0,100")).containsExactly("0", ",", "100");
        assertThat(texts("3, 500")).containsExactly("3", ",", "500");
        assertThat(texts("(2,500)")).containsExactly("(", "2", ",", "500", ")");
    }

    @Test
    void dropsFormatting() {
        assertThat(texts("\\left( \\displaystyle x \\right)\\!\\,")).containsExactly("(", "x", ")");
        assertThat(texts("50\\%")).containsExactly("50", "%");
        assertThat(texts("7^{\\text{th}}")).containsExactly("7");
        assertThat(texts("90^{\\circ}")).containsExactly("90", "deg");
    }

    @Test
    void tellsWordsFromVariables() {
        assertThat(LatexLexer.tokenize("east")).extracting(LatexToken::kind).containsExactly(LatexToken.Kind.WORD);
        assertThat(LatexLexer.tokenize("xyz"))
                .extracting(LatexToken::kind)
                .containsExactly(LatexToken.Kind.LETTER, LatexToken.Kind.LETTER, LatexToken.Kind.LETTER);
        assertThat(LatexLexer.tokenize("sinx"))
                .extracting(LatexToken::kind)
                .containsExactly(LatexToken.Kind.COMMAND, LatexToken.Kind.LETTER);
        assertThat(LatexLexer.tokenize("\\text{ cm}"))
                .extracting(LatexToken::kind)
                .containsExactly(LatexToken.Kind.TEXT);
        assertThat(LatexLexer.tokenize("BAC")).extracting(LatexToken::kind).containsExactly(LatexToken.Kind.WORD);
    }

    @Test
    void knowsUnitsBehindValues() {
        assertThat(LatexLexer.tokenize("5\\text{ cm}"))
                .extracting(LatexToken::kind)
                .containsExactly(LatexToken.Kind.NUMBER, LatexToken.Kind.UNIT);
        assertThat(LatexLexer.tokenize("5 red apples"))
                .extracting(LatexToken::kind)
                .containsExactly(LatexToken.Kind.NUMBER, LatexToken.Kind.UNIT);
        assertThat(LatexLexer.tokenize("5\\text{A}"))
                .extracting(LatexToken::kind)
                .containsExactly(LatexToken.Kind.NUMBER, LatexToken.Kind.LETTER);
        assertThat(texts("2 \\text{ dozen eggs}")).containsExactly("24");
        assertThat(texts("forty-two")).containsExactly("42");
    }

    @Test
    void refusesUnknownCommands() {
        assertThatThrownBy(() -> LatexLexer.tokenize("x \\to 5")).isInstanceOf(ParseException.class);
        assertThatThrownBy(() -> LatexLexer.tokenize("5 @ 6")).isInstanceOf(ParseException.class);
    }
}
