package org.espalier.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.espalier.model.UsageException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProblemLinesTest {
    @Test
    void linesAndObjectsMayBeMixed() {
        String text =
                "What is 2 + 3?\r\n\n{\"id\": \"a\", \"problem\": \"one\\ntwo\"}\n{\"problem\": \"x\", \"id\": 7}\n"
                        + "{\"problem\": \"y\", \"answer\": 1}";
        var entries = ProblemLines.read(text, "f");
        assertThat(entries).extracting(ProblemLines.Entry::id).containsExactly("1", "a", "7", "5");
        assertThat(entries)
                .extracting(entry -> entry.problem().text())
                .containsExactly("What is 2 + 3?", "one\ntwo", "x", "y");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"problem\": |line 1 of f begins as a JSON object and is none",
                "{\"question\": \"x\"}|line 1 of f has no text in the field problem",
                "{\"problem\": \" \"}|line 1 of f has no text in the field problem",
                "{\"problem\": \"x\", \"id\": []}|line 1 of f: the field id must be a text or a number",
                "` \t `|there are no problems in f",
            })
    void whatIsNoProblemIsNamed(String line, String message) {
        assertThatThrownBy(() -> ProblemLines.read(line, "f"))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining(message);
    }
}
