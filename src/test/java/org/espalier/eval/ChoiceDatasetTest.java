package org.espalier.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.espalier.model.UsageException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChoiceDatasetTest {
    @TempDir
    private Path folder;

    private Optional<ChoiceDataset> load(String name, String text) throws IOException {
        Path file = Files.writeString(folder.resolve(name), text.replace('\'', '"'));
        return ChoiceDataset.load(new DatasetSource(file.toString(), DatasetTest.NO_DRIVER), null);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'question': 'Red?', 'options': ['grass', 'blood', 'milk'], 'answer': 1}",
                "{'question': 'Red?', 'choices': ['grass', 'blood', 'milk'], 'answer': 'B'}",
                "{'question': 'Red?', 'Choices': ['grass', 'blood', 'milk'], 'answer': 'blood'}",
                "{'question': 'Red?', 'choices': {'text': ['grass', 'blood', 'milk'], 'label': ['1', '2', '3']}, 'answerKey': '2'}",
                "{'question': 'Red?', 'A': 'grass', 'B': 'blood', 'C': 'milk', 'answer': 'B'}",
                "{'question': 'Red?', 'options': ['grass', 'blood', 'milk'], 'answer': '1'}",
            })
    void theUsualColumnsAreFound(String row) throws IOException {
        ChoiceDataset dataset = load("red.jsonl", row).orElseThrow();

        assertThat(dataset.name()).isEqualTo("red");
        ChoiceItem item = dataset.items().get(0);
        assertThat(item.task().question()).isEqualTo("Red?");
        assertThat(item.task().options()).containsExactly("grass", "blood", "milk");
        assertThat(item.answer()).isEqualTo(1);
    }

    @Test
    void aTableOfCommaSeparatedValuesWillDo() throws IOException {
        ChoiceDataset dataset = load("red.csv", "question,A,B,answer\nRed?,grass,blood,B\nWhite?,milk,coal,A\n")
                .orElseThrow();
        assertThat(dataset.items()).extracting(ChoiceItem::answer).containsExactly(1, 0);
    }

    @Test
    void otherDataSetsAreNoChoices() throws IOException {
        assertThat(load("sums.jsonl", "{'question': 'What is 1 + 1?', 'answer': '2'}"))
                .isEmpty();
        assertThat(ChoiceDataset.load(new DatasetSource("arith", DatasetTest.NO_DRIVER), null))
                .isEmpty();
    }

    @Test
    void aLineThatIsNoChoiceIsNamed() throws IOException {
        String good = "{'question': 'Red?', 'options': ['grass', 'blood'], 'answer': 1}\n";
        refused(good + "{'question': 'Red?', 'answer': 1}", "line 2 of %s has no question, options and answer");
        refused(
                good + "{'question': 'Red?', 'options': ['grass', 'blood'], 'answer': 2}",
                "line 2 of %s: the answer 2 is none of its 2 options");
        refused(
                good + "{'question': 'Red?', 'options': ['grass', 'Grass'], 'answer': 0}",
                "line 2 of %s: options A and B are equal");
    }

    private void refused(String text, String message) {
        assertThatThrownBy(() -> load("bad.jsonl", text))
                .isInstanceOf(UsageException.class)
                .hasMessageStartingWith(message.formatted(folder.resolve("bad.jsonl")));
    }
}
