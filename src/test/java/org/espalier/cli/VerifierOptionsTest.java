package org.espalier.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is wrong with a wish for a verifier or a domain is said in one line, before a model is loaded. */
class VerifierOptionsTest {
    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--verifier no-such-program | --verifier: there is no program no-such-program here",
                "--verifier false | --verifier: false ended with code 1 before it was asked anything",
                "--verifier \"x | --verifier has a quote that is not closed",
                "--verifier cat --method majority | --method majority has none judged: use best-of-n",
                "--verifier cat --verifier-scope all | --verifier-scope all is unknown: choose step, prefix or answer",
                "--verifier cat --verifier-timeout 0 | --verifier-timeout must be more than 0",
                "--verifier cat --domain code | --verifier is not for --domain code",
                "--verifier cat --server http://127.0.0.1:1 | --verifier is for solving here: leave it out with --server",
                "--domain chess | --domain chess is unknown: choose math, countdown, sudoku, knights, code",
                "--domain countdwn | did you mean countdown?",
                "--domain countdown | this is no countdown puzzle that can be checked: state it as",
                "--prm none --method beam | method beam needs a process reward model",
            })
    void aWrongOptionIsRefused(String options, String message) {
        String[] given = ("1+1? " + options).split(" ");
        Cli cli = Cli.solve(given);
        assertThat(cli.err()).startsWith("espalier: ").contains(message).hasLineCount(1);
        assertThat(cli.code()).isEqualTo(ExitCode.BAD_USAGE);
    }

    @Test
    void puzzlesAreDrawnAsADataSet() throws Exception {
        Path file = folder.resolve("puzzles.jsonl");
        Cli written = Cli.run(
                "puzzles", "countdown", "--count", "20", "--seed", "7", "--level", "3", "--out", file.toString());
        assertThat(written.err()).isEmpty();
        assertThat(written.code()).isEqualTo(ExitCode.ANSWERED);
        Cli printed = Cli.run("puzzles", "countdown", "--count", "20", "--seed", "7", "--level", "3");
        assertThat(Files.readString(file)).isEqualTo(printed.out()).hasLineCount(20);
        assertThat(printed.out().lines().findFirst().orElseThrow())
                .startsWith(
                        "{\"id\":\"countdown-3-7-1\",\"domain\":\"countdown\",\"problem\":\"Use each of the numbers ")
                .contains("\"level\":3,\"steps\":[\"");
        Cli cards = Cli.run("puzzles", "countdown", "--count", "5", "--target", "24");
        assertThat(cards.out().lines()).hasSize(5).allMatch(line -> line.contains(" to make 24."));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "chess | there are no puzzles called chess: choose countdown, sudoku, knights",
                "sudoku --level 6 | --level of sudoku must be 1 to 5",
                "sudoku --count 0 | --count must be 1 to",
                "sudoku --target 24 | --target is for countdown",
                "countdown --target 100000 | no 4 numbers from 1 to 13 were found that make 100000",
                "countdown --level 2 --target 24 --count 1000 | different puzzles of this kind and level",
                "sudoku --out /no/such/folder/x | cannot write the puzzles to /no/such/folder/x",
            })
    void aWrongWishForPuzzlesIsRefused(String options, String message) {
        Cli cli = Cli.run(("puzzles " + options).split(" "));
        assertThat(cli.err()).startsWith("espalier: ").contains(message).hasLineCount(1);
        assertThat(cli.code()).isIn(ExitCode.BAD_USAGE, ExitCode.FAILED);
    }
}
