package org.espalier.eval;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.espalier.eval.Dataset.BrokenLines;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DatasetSourceTest {
    @TempDir
    private Path folder;

    /** After the first look the file is gone. */
    @ParameterizedTest
    @CsvSource({"a.jsonl,'{\"problem\": \"1 + 1\", \"answer\": \"2\"}'", "a.csv,'problem,answer\n1 + 1,2'"})
    void aFileIsReadOnce(String name, String text) throws IOException {
        Path file = Files.writeString(folder.resolve(name), text + "\n");
        DatasetSource source = new DatasetSource(file.toString(), DatasetTest.NO_DRIVER);
        assertThat(ProgramDataset.load(source, null)).isEmpty();
        if (name.endsWith(".csv")) {
            assertThat(ChoiceDataset.load(source, null)).isEmpty();
        }
        Files.delete(file);
        assertThat(ChoiceDataset.load(source, null)).isEmpty();
        Dataset dataset = Dataset.load(source, DatasetColumns.GUESSED, BrokenLines.REFUSED);
        assertThat(dataset.name()).isEqualTo("a");
        assertThat(dataset.items()).extracting(DatasetItem::answer).containsExactly("2");
    }
}
