package org.espalier.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Supplier;
import org.espalier.domain.Domain;
import org.espalier.eval.Dataset.BrokenLines;
import org.espalier.model.Answer;
import org.espalier.model.UsageException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DatasetTest {
    /** For files that must not ask for one. */
    static final Supplier<Path> NO_DRIVER = () -> {
        throw new AssertionError("no driver is needed");
    };

    @TempDir
    private Path folder;

    private Dataset load(String... lines) throws IOException {
        return load(DatasetColumns.GUESSED, lines);
    }

    private Dataset load(DatasetColumns columns, String... lines) throws IOException {
        Path file = folder.resolve("mine.jsonl");
        Files.writeString(file, String.join("\n", lines) + "\n");
        return Dataset.load(file.toString(), columns, BrokenLines.REFUSED, NO_DRIVER);
    }

    @ParameterizedTest
    @CsvSource({"arith, 500", "arith-shift, 500", "gsm8k, 1319", "math500, 500"})
    void theBuiltInOnesAreWhole(String name, int problems) {
        Dataset dataset = Dataset.load(name, DatasetColumns.GUESSED, BrokenLines.REFUSED, NO_DRIVER);
        assertThat(dataset.name()).isEqualTo(name);
        assertThat(dataset.items()).hasSize(problems).allSatisfy(item -> {
            assertThat(item.problem()).isNotBlank();
            assertThat(item.answer()).isNotBlank().doesNotContain("####");
        });
    }

    @Test
    void theBenchmarksHaveReferenceStepsAndLevels() {
        DatasetItem item = Dataset.load("arith", DatasetColumns.GUESSED, BrokenLines.REFUSED, NO_DRIVER)
                .items()
                .get(0);
        assertThat(item.id()).isEqualTo("arith-001");
        assertThat(item.level()).isEqualTo(1);
        assertThat(item.kind()).isEqualTo("expression");
        assertThat(item.steps()).isNotEmpty();
    }

    @Test
    void aSolutionIsReadForItsAnswer() {
        DatasetItem item = Dataset.load("gsm8k", DatasetColumns.GUESSED, BrokenLines.REFUSED, NO_DRIVER)
                .items()
                .get(0);
        assertThat(item.answer()).isEqualTo("18");
        assertThat(item.id()).isEqualTo("gsm8k-1");
        assertThat(item.steps()).isNull();
    }

    @Test
    void columnsAreGuessedByTheirNames() throws IOException {
        Dataset dataset = load("{\"Question\": \"1 + 1?\", \"target\": 2, \"difficulty\": \"easy\"}", "");
        assertThat(dataset.name()).isEqualTo("mine");
        assertThat(dataset.items()).containsExactly(new DatasetItem("mine-1", "1 + 1?", "2", "easy", null, null));
    }

    @Test
    void columnsCanBeNamed() throws IOException {
        DatasetColumns columns = new DatasetColumns("q", "a");
        assertThat(load(columns, "{\"problem\": \"no\", \"answer\": \"no\", \"q\": \"x?\", \"a\": \"\\\\boxed{7}\"}")
                        .items())
                .containsExactly(new DatasetItem("mine-1", "x?", "7", null, null, null));
    }

    @Test
    void aMissingColumnIsNamed() {
        assertThatThrownBy(() -> load("{\"problem\": \"x?\", \"note\": 1}"))
                .isInstanceOf(UsageException.class)
                .hasMessageEndingWith(
                        "mine.jsonl has no answer column (its columns are problem, note): name it with --answer-column");
        assertThatThrownBy(() -> load(new DatasetColumns("q", null), "{\"problem\": \"x?\", \"answer\": 1}"))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("has no column q");
    }

    @Test
    void aProblemWithoutAnAnswerIsNamed() {
        assertThatThrownBy(
                        () -> load("{\"problem\": \"x?\", \"answer\": 1}", "{\"problem\": \"y?\", \"answer\": null}"))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("1 of its 2 lines is no row with problem and answer, first line 2");
    }

    @Test
    void brokenLinesAreCounted() {
        assertThatThrownBy(() -> load("{\"problem\": \"x?\", \"answer\": 1}", "{\"problem\"", "[1]"))
                .isInstanceOf(UsageException.class)
                .hasMessageEndingWith("2 of its 3 lines are no row with problem and answer, first line 2; "
                        + "skipBroken leaves them out");
        assertThatThrownBy(() -> load("{\"problem\"", "[1]"))
                .isInstanceOf(UsageException.class)
                .hasMessageEndingWith("none of its 2 lines is a row of columns");
    }

    @Test
    void brokenLinesAreLeftOutIfAsked() throws IOException {
        Path file = folder.resolve("mine.jsonl");
        Files.writeString(
                file,
                "{\"problem\": \"x?\"}\n{\"problem\"\n{\"problem\": \"y?\", \"answer\": 3}\n"
                        .replace("x?\"", "x?\", \"answer\": \" \""));
        Dataset dataset = Dataset.load(file.toString(), DatasetColumns.GUESSED, BrokenLines.LEFT_OUT, NO_DRIVER);

        assertThat(dataset.items()).extracting(DatasetItem::problem).containsExactly("y?");
        assertThat(dataset.leftOut()).containsExactly(1, 2);
    }

    @Test
    void commaSeparatedValuesAreRead() throws IOException {
        Path file = folder.resolve("mine.CSV");
        Files.writeString(
                file,
                "level,Question,answer\r\n2,\"Ann says \"\"2, or 3\"\".\nHow many?\", 5 \r\n\r\n3,z?,\r\n4,y?,7\r\n");
        Dataset dataset = Dataset.load(file.toString(), DatasetColumns.GUESSED, BrokenLines.LEFT_OUT, NO_DRIVER);

        assertThat(dataset.items())
                .containsExactly(
                        new DatasetItem("mine-1", "Ann says \"2, or 3\".\nHow many?", "5", "2", null, null),
                        new DatasetItem("mine-2", "y?", "7", "4", null, null));
        assertThat(dataset.leftOut()).containsExactly(5);
    }

    @Test
    void aBrokenCsvFileIsRefused() throws IOException {
        Path file = folder.resolve("mine.csv");
        Files.writeString(file, "problem,answer\nx?,1\ny?,2,3\n");
        assertThatThrownBy(() -> Dataset.load(file.toString(), DatasetColumns.GUESSED, BrokenLines.REFUSED, NO_DRIVER))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("cannot read the problems from " + file)
                .hasMessageContaining("line 3");
    }

    @Test
    void duplicatesAreRefused() {
        assertThatThrownBy(() -> load("{\"problem\": \"x?\", \"answer\": 1}", "{\"problem\": \"x? \", \"answer\": 1}"))
                .isInstanceOf(UsageException.class)
                .hasMessageMatching("problems 1 and 2 of .* have the same text: .*");
        assertThatThrownBy(() -> load(
                        "{\"id\": 1, \"problem\": \"x?\", \"answer\": 1}",
                        "{\"id\": 1, \"problem\": \"y?\", \"answer\": 1}"))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("have the same id");
    }

    @Test
    void whatIsNotThereIsNamed() throws IOException {
        assertThatThrownBy(() -> Dataset.load("arit", DatasetColumns.GUESSED, BrokenLines.REFUSED, NO_DRIVER))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("no data set or file arit")
                .hasMessageContaining("arith, arith-shift, countdown, gsm8k, math500");
        assertThatThrownBy(() -> load("")).isInstanceOf(UsageException.class).hasMessageContaining("has no problems");
        Path latin = folder.resolve("latin.jsonl");
        Files.write(latin, "{\"problem\": \"caf\u00e9\"}".getBytes(StandardCharsets.ISO_8859_1));
        assertThatThrownBy(() -> Dataset.load(latin.toString(), DatasetColumns.GUESSED, BrokenLines.REFUSED, NO_DRIVER))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("not UTF-8");
    }

    @Test
    void theFirstProblemsCanBeTaken() {
        Dataset all = Dataset.load("arith", DatasetColumns.GUESSED, BrokenLines.REFUSED, NO_DRIVER);
        assertThat(all.limitedTo(3).items()).isEqualTo(all.items().subList(0, 3));
        assertThat(all.limitedTo(10_000)).isEqualTo(all);
        assertThat(all.limitedTo(3).sha256()).isNotEqualTo(all.sha256());
        assertThatThrownBy(() -> all.limitedTo(0)).isInstanceOf(UsageException.class);
    }

    private Dataset loadText(String name, String text) throws IOException {
        Path file = Files.writeString(folder.resolve(name), text);
        return Dataset.load(file.toString(), DatasetColumns.GUESSED, BrokenLines.REFUSED, NO_DRIVER);
    }

    @Test
    void marksAndLineEndsAreNoPartOfProblems() throws IOException {
        String json = "{\"problem\": \"1 + 1?\", \"answer\": 2}\n\n{\"problem\": \"½?\", \"answer\": 3}\n";
        String csv = "problem,answer\n1 + 1?,2\n½?,3\n";
        String array = "\n[" + json.replace("\n\n", ",\n") + "]\n";
        for (String mark : new String[] {"", "\uFEFF"}) {
            for (String end : new String[] {"\n", "\r\n", "\r"}) {
                for (String[] file : new String[][] {{"a.jsonl", json}, {"a.csv", csv}, {"a.json", array}}) {
                    assertThat(loadText(file[0], mark + file[1].replace("\n", end))
                                    .items())
                            .as(file[0] + mark.length() + end.length())
                            .extracting(DatasetItem::problem, DatasetItem::answer)
                            .containsExactly(tuple("1 + 1?", "2"), tuple("½?", "3"));
                }
            }
        }
    }

    @Test
    void anArrayIsReadElementByElement() throws IOException {
        assertThat(loadText("a.json", "[{\"problem\": \"x?\", \"answer\": 1}]").items())
                .hasSize(1);
        assertThatThrownBy(() -> loadText("a.json", "[{\"problem\": \"x?\", \"answer\": 1},\n 7]"))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("1 of its 2 lines is no row")
                .hasMessageContaining("first line 2");
        assertThatThrownBy(() -> loadText("a.json", "[{\"problem\": \"x?\",\n \"answer\": 1},"))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("begins as a JSON array but does not continue as one, line 2");
        assertThatThrownBy(() -> loadText("a.json", "[]")).hasMessageContaining("has no problems");
        // A line that is an array is one broken line among others.
        assertThatThrownBy(() -> loadText("a.jsonl", "[1]\n{\"problem\": \"x?\", \"answer\": 1}"))
                .hasMessageContaining("first line 1");
    }

    @Test
    void anotherEncodingIsNamed() throws IOException {
        for (String name : new String[] {"a.csv", "a.jsonl"}) {
            Files.write(folder.resolve(name), "problem,answer\n1,2\n".getBytes(StandardCharsets.UTF_16));
            assertThatThrownBy(() -> Dataset.load(
                            folder.resolve(name).toString(), DatasetColumns.GUESSED, BrokenLines.REFUSED, NO_DRIVER))
                    .isInstanceOf(UsageException.class)
                    .hasMessageContaining("it is UTF-16 or UTF-32 text: save it as UTF-8");
        }
    }

    @Test
    void rowsMaySayOfWhichDomainTheyAre() throws IOException {
        String puzzle = "{\"problem\":\"Use each of the numbers 2 and 3 exactly once, to make 6.\",\"answer\":\"2 * 3\""
                + ",\"domain\":\"countdown\"}";
        Dataset puzzles = load(puzzle);
        assertThat(puzzles.domain().name()).isEqualTo("countdown");
        DatasetItem item = puzzles.items().get(0);
        assertThat(item.isCorrect(new Answer("3 * 2", "", true))).isTrue();
        assertThat(item.isCorrect(new Answer("6", "", true))).isFalse();
        assertThat(load("{\"problem\":\"x?\",\"answer\":\"7\",\"domain\":\"algebra\"}")
                        .domain())
                .isEqualTo(Domain.MATH);
        Dataset mixed = load(puzzle, "{\"problem\":\"x?\",\"answer\":\"7\"}");
        assertThatExceptionOfType(UsageException.class)
                .isThrownBy(mixed::domain)
                .withMessageContaining("problems of several domains (countdown, math)");
        assertThatExceptionOfType(UsageException.class)
                .isThrownBy(() -> mixed.in(puzzles.domain()))
                .withMessageStartingWith("problem mine-2 of mine: this is no countdown puzzle");
    }
}
