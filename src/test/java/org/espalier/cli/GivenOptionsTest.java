package org.espalier.cli;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.ParameterException;

class GivenOptionsTest {
    private static void check(String command) {
        String[] words = Arrays.stream(command.split(" "))
                .map(word -> word.replace("''", ""))
                .toArray(String[]::new);
        GivenOptions.check(Main.commandLine().parseArgs(words));
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '"',
            value = {
                "solve x --policy '',--policy",
                "solve x --policy='',--policy",
                "solve x --prm '',--prm",
                "solve x --server '',--server",
                "models inspect '',MODEL",
                "models fetch '',MODEL",
                "serve --host '',--host"
            })
    void nothingIsNoValue(String command, String name) {
        assertThatThrownBy(() -> check(command))
                .isInstanceOf(ParameterException.class)
                .hasMessage(name + " is empty: give a value, or leave it out");
    }

    @ParameterizedTest
    @ValueSource(strings = {"solve x -n 4 -n 8", "solve x --policy a --policy b", "solve x --threads 1 --threads 1"})
    void twiceIsRefused(String command) {
        assertThatThrownBy(() -> check(command))
                .isInstanceOf(ParameterException.class)
                .hasMessageContaining("twice");
    }

    @Test
    void whatMeansSomethingStays() {
        for (String command : new String[] {
            "solve '' --system ''",
            "solve x --tree a --tree b",
            "solve x --json --quiet",
            "solve x --delimiter=''",
            "models list"
        }) {
            assertThatCode(() -> check(command)).as(command).doesNotThrowAnyException();
        }
    }
}
