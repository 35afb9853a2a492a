package org.espalier.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.espalier.model.UsageException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunFileTest {
    private static final Map<String, Object> CONFIGURATION = Map.of("seed", 1L, "n", List.of(1, 4), "topP", 0.9);

    @TempDir
    private Path folder;

    private Path file;
    private Path records;

    @BeforeEach
    void choose() {
        file = folder.resolve("run.json");
        records = folder.resolve("records.jsonl");
    }

    private void claim(Map<String, Object> configuration) {
        RunFile.claim(file, records, configuration, Map.of("java", 17));
    }

    @Test
    void theSameConfigurationGoesOn() throws IOException {
        claim(CONFIGURATION);
        Files.writeString(records, "{}\n");
        String written = Files.readString(file);
        assertThatCode(() -> RunFile.claim(file, records, CONFIGURATION, Map.of("java", 21)))
                .doesNotThrowAnyException();
        assertThat(Files.readString(file)).isEqualTo(written).contains("\"java\" : 17");
        assertThat(folder).isDirectoryNotContaining("glob:**.part");
    }

    @Test
    void anotherConfigurationIsRefusedByItsDifferences() throws IOException {
        claim(CONFIGURATION);
        Files.writeString(records, "{}\n");
        assertThatThrownBy(() -> claim(Map.of("seed", 2L, "n", List.of(1, 4), "topP", 0.9, "prm", "p")))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("(seed is 1 there and 2 here; prm is not set there and \"p\" here)");
    }

    @Test
    void withoutRecordsAnEarlierConfigurationDoesNotCount() throws IOException {
        claim(CONFIGURATION);
        Files.writeString(records, "");
        claim(Map.of("seed", 2L));
        assertThat(Files.readString(file)).contains("\"seed\" : 2");
    }

    @Test
    void recordsOfUnknownOriginAreRefused() throws IOException {
        Files.writeString(records, "{}\n");
        assertThatThrownBy(() -> claim(CONFIGURATION))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("not from a run of Espalier");
    }
}
