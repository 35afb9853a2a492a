package org.espalier.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PreloadingTest {
    @ParameterizedTest
    @ValueSource(strings = {"solve What --policy a.gguf", "chat", "serve --port 0", "eval humaneval", "solve --serve"})
    void commandsWithModelsLoadAhead(String arguments) {
        assertThat(Preloading.isWanted(arguments.split(" "))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "--version",
                "doctor",
                "models list",
                "help solve",
                "solve --help",
                "solve -h",
                "solve --help-all",
                "solve --server http://127.0.0.1:1 What",
                "solve --server=http://127.0.0.1:1 What"
            })
    void whatNeedsNoModelDoesNot(String arguments) {
        assertThat(Preloading.isWanted(arguments.isEmpty() ? new String[0] : arguments.split(" ")))
                .isFalse();
    }
}
