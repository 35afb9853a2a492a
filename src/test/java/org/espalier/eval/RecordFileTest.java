package org.espalier.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.espalier.model.EspalierException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecordFileTest {
    @TempDir
    private Path folder;

    private Path file;

    @BeforeEach
    void choose() {
        file = folder.resolve("records.jsonl");
    }

    private List<Integer> open(int... toAppend) {
        List<Integer> found = new ArrayList<>();
        try (RecordFile records =
                RecordFile.open(file, line -> found.add(line.path("i").asInt()))) {
            for (int i : toAppend) {
                records.append(Map.of("i", i));
            }
        }
        return found;
    }

    @Test
    void whatWasAppendedIsFoundAgain() throws IOException {
        assertThat(open(1, 2)).isEmpty();
        assertThat(open(3)).containsExactly(1, 2);
        assertThat(Files.readString(file)).isEqualTo("{\"i\":1}\n{\"i\":2}\n{\"i\":3}\n");
    }

    @Test
    void aLineIsOnTheDiskAsSoonAsItIsAppended() throws IOException {
        try (RecordFile records = RecordFile.open(file, line -> {})) {
            records.append(Map.of("i", 1));
            assertThat(Files.readString(file)).isEqualTo("{\"i\":1}\n");
        }
    }

    @Test
    void whereverAProcessIsKilledItsWholeLinesStay() throws IOException {
        String text = "{\"i\":1}\n{\"i\":22}\n";
        for (int cut = 0; cut <= text.length(); cut++) {
            Files.writeString(file, text.substring(0, cut));
            List<Integer> found = open(9);
            assertThat(found).hasSize(cut < 8 ? 0 : cut < text.length() ? 1 : 2);
            assertThat(open()).hasSize(found.size() + 1).endsWith(9);
        }
    }

    @Test
    void aBrokenLastLineIsDropped() throws IOException {
        Files.writeString(file, "{\"i\":1}\n{\"i\":\n");
        assertThat(open(2)).containsExactly(1);
        assertThat(open()).containsExactly(1, 2);
    }

    @Test
    void aBrokenLineBeforeTheLastIsRefused() throws IOException {
        String text = "{\"i\":1}\nnonsense\n{\"i\":2}\n";
        Files.writeString(file, text);
        assertThatThrownBy(this::open).isInstanceOf(EspalierException.class).hasMessageContaining("line 2 of");
        assertThat(Files.readString(file)).isEqualTo(text);
    }

    @Test
    void whatIsNoRecordIsSaidByItsLine() throws IOException {
        Files.writeString(file, "{\"i\":1}\n{}\n");
        assertThatThrownBy(() -> RecordFile.open(file, EvalRecord::read))
                .isInstanceOf(EspalierException.class)
                .hasMessageContaining("line 1 of")
                .hasMessageContaining("is not a record of a run");
    }

    @Test
    void aFailureToWriteIsSaid() {
        RecordFile records = RecordFile.open(file, line -> {});
        records.append(Map.of("i", 1));
        records.close();
        assertThatThrownBy(() -> records.append(Map.of("i", 2)))
                .isInstanceOf(EspalierException.class)
                .hasMessageContaining("cannot write to")
                .hasMessageContaining("the same command resumes");
        assertThat(open()).containsExactly(1);
    }
}
