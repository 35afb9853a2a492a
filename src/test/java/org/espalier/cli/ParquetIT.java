package org.espalier.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import org.espalier.eval.Dataset;
import org.espalier.eval.Dataset.BrokenLines;
import org.espalier.eval.DatasetColumns;
import org.espalier.eval.DatasetItem;
import org.espalier.eval.LabelledSolution;
import org.espalier.eval.ParquetFiles;
import org.espalier.model.UsageException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** With DuckDB's driver, which is fetched when it is not on this machine. */
class ParquetIT {
    private static final String TWO = """
            SELECT * FROM (VALUES
                ('What is 3 + 4?', 7::BIGINT, 1::BIGINT, ['3 + 4 = 7']),
                ('Say "é"; then 2 * 5.', 10, 2, ['It''s 2 * 5.', 'That is 10.'])
            ) AS t(question, answer, level, steps)""";

    private static final List<DatasetItem> ITEMS = List.of(
            new DatasetItem("two-1", "What is 3 + 4?", "7", 1, null, List.of("3 + 4 = 7")),
            new DatasetItem("two-2", "Say \"é\"; then 2 * 5.", "10", 2, null, List.of("It's 2 * 5.", "That is 10.")));

    @TempDir
    private Path folder;

    private static Dataset load(Path file, BrokenLines brokenLines) {
        return Dataset.load(file.toString(), DatasetColumns.GUESSED, brokenLines, ParquetFiles::driver);
    }

    private static Dataset load(Path file) {
        return load(file, BrokenLines.REFUSED);
    }

    @Test
    void valuesKeepTheirTypes() throws SQLException {
        Dataset dataset = load(ParquetFiles.write(folder.resolve("two.parquet"), TWO));

        assertThat(dataset.name()).isEqualTo("two");
        assertThat(dataset.items()).isEqualTo(ITEMS);
    }

    @Test
    void otherColumnsDoNoHarm() throws SQLException {
        String query = """
                SELECT *, 'NaN'::DOUBLE AS nan, '-Infinity'::FLOAT AS far, {'a': [1.5], 'b': NULL} AS nested,
                    MAP {'k': 1} AS map, DATE '2026-01-02' AS day, '\\xFF'::BLOB AS bytes, 'x' AS "the row",
                    'algebra' AS subject
                FROM (%s)""".formatted(TWO);
        Dataset dataset = load(ParquetFiles.write(folder.resolve("two.parquet"), query));

        assertThat(dataset.items())
                .extracting(DatasetItem::problem)
                .containsExactly(ITEMS.get(0).problem(), ITEMS.get(1).problem());
        assertThat(dataset.items()).extracting(DatasetItem::kind).containsOnly("algebra");
    }

    @Test
    void rowsAreNumberedFromOne() throws SQLException {
        Path file = ParquetFiles.write(
                folder.resolve("two.parquet"),
                "SELECT 'x?' AS problem, NULL::VARCHAR AS answer UNION ALL VALUES ('y?', '0.50')");

        assertThatThrownBy(() -> load(file))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("1 of its 2 lines is no row with problem and answer, first line 1");
        Dataset rest = load(file, BrokenLines.LEFT_OUT);
        assertThat(rest.items()).containsExactly(new DatasetItem("two-1", "y?", "0.50", null, null, null));
        assertThat(rest.leftOut()).containsExactly(1);
    }

    /** DuckDB takes stars and brackets for patterns, and a folder's name for a column. */
    @ParameterizedTest
    @ValueSource(strings = {"it's; --x", "a*", "a?", "[ab]", "a[!b]*", "back\\slash", "{a,b}", "**"})
    void aNameIsOnlyAName(String name) throws SQLException, IOException {
        Path inside = Files.createDirectories(folder.resolve("level=5").resolve(name.replace('\\', '-')));
        Path other = ParquetFiles.write(folder.resolve("other.parquet"), "SELECT 'other?' AS problem, 1 AS answer");
        for (String neighbour : List.of("ab", "a", "b", "xx")) {
            Files.copy(other, inside.resolve(neighbour + ".parquet"));
        }
        Path plain = ParquetFiles.write(folder.resolve("two.parquet"), TWO);
        Path named = Files.copy(plain, inside.resolve(name + ".parquet"));
        if (name.contains("\\")) {
            named = Files.move(named, folder.resolve(name + ".parquet"));
        }

        assertThat(load(named).items())
                .extracting(DatasetItem::problem)
                .containsExactly(ITEMS.get(0).problem(), ITEMS.get(1).problem());
        assertThat(load(named).items()).extracting(DatasetItem::level).containsExactly(1, 2);
    }

    @Test
    void labelledSolutionsAreRead() throws SQLException {
        Path file = ParquetFiles.write(
                folder.resolve("labelled.parquet"),
                "SELECT 'a' AS id, 'p?' AS problem, ['s', 't'] AS steps, 1::BIGINT AS label");

        assertThat(LabelledSolution.read(file, ParquetFiles::driver))
                .containsExactly(new LabelledSolution("a", "p?", List.of("s", "t"), 1));
    }

    @Test
    void aBrokenFileIsOneLine() throws SQLException, IOException {
        byte[] whole = Files.readAllBytes(ParquetFiles.write(folder.resolve("two.parquet"), TWO));
        byte[] garbled = whole.clone();
        Arrays.fill(garbled, 4, garbled.length - 8, (byte) 0x55);
        byte[] noFooter = Arrays.copyOf(whole, whole.length);
        Arrays.fill(noFooter, noFooter.length - 8, noFooter.length - 4, (byte) 0x7f);
        for (byte[] bytes : List.of(
                Arrays.copyOf(whole, whole.length / 2),
                garbled,
                noFooter,
                "PAR1PAR1".getBytes(StandardCharsets.US_ASCII))) {
            Path file = Files.write(folder.resolve("broken.parquet"), bytes);
            Cli cli = Cli.run(
                    "eval", file.toString(), "--out", folder.resolve("out").toString());

            assertThat(cli.code()).as(cli.err()).isEqualTo(ExitCode.BAD_USAGE);
            assertThat(cli.err().lines()).hasSize(1);
            assertThat(cli.err()).startsWith("espalier: cannot read the problems from " + file + ": ");
        }
    }

    @Test
    void noRowsAreNoProblems() throws SQLException {
        Path file = ParquetFiles.write(folder.resolve("two.parquet"), TWO + " WHERE false");

        assertThatThrownBy(() -> load(file)).isInstanceOf(UsageException.class).hasMessage(file + " has no problems");
    }

    @Test
    void problemsAreSolved() throws SQLException {
        Path file = ParquetFiles.write(folder.resolve("two.parquet"), TWO);

        Cli cli = Cli.run(
                "eval",
                file.toString(),
                "--method",
                "greedy",
                "-n",
                "1",
                "--max-tokens",
                "40",
                "--threads",
                "1",
                "--json",
                "--out",
                folder.resolve("out").toString());

        assertThat(cli.code()).as(cli.err()).isZero();
        assertThat(cli.json().get("rows").get(0).get("problems").asInt()).isEqualTo(2);
        assertThat(cli.json().get("rows").get(0).get("levels").propertyNames()).containsExactly("1", "2");
    }
}
