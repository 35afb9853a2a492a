package org.espalier.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.espalier.code.CodeTask;
import org.espalier.code.Language;
import org.espalier.harness.SandboxHere;
import org.espalier.runtime.RuntimeOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is wrong with a wish for a program is said in one line, before a model is loaded. */
class ProgramOptionsTest {
    @TempDir
    private Path folder;

    private Cli code(String... args) throws Exception {
        String[] all = new String[args.length + 3];
        all[0] = "Write a function f";
        all[1] = "--domain";
        all[2] = "code";
        System.arraycopy(args, 0, all, 3, args.length);
        return Cli.solve(all);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--language cobol | --language cobol is unknown: choose python",
                "--tests missing.py | cannot read the tests from missing.py: there is no such file",
                "--method mcts | --method mcts does not write programs",
                "--repairs -1 | --repairs must be 0 or more, not -1",
                "--choose best | --choose best is unknown: choose first",
                "--program-seconds 0 | --program-seconds must be 1 or more, not 0",
            })
    void aWrongOptionIsRefused(String options, String message) throws Exception {
        Cli cli = code(options.split(" "));
        assertThat(cli.err()).startsWith("espalier: ").contains(message).hasLineCount(1);
        assertThat(cli.code()).isEqualTo(ExitCode.BAD_USAGE);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "assert f(1 == 2 | line 1",
                "x = 1 | there is no test in the tests",
                "import nowhere; assert f(1) == 2 | No module named",
                "{\"input\": 3} | line 1",
                "'' | it is empty",
            })
    void testsThatAreNoneAreRefused(String tests, String message) throws Exception {
        SandboxHere.required();
        Path file = folder.resolve("tests.py");
        Files.writeString(file, tests);
        Cli cli = code("--tests", file.toString());
        assertThat(cli.err()).startsWith("espalier: ").contains(message).hasLineCount(1);
        assertThat(cli.code()).isEqualTo(ExitCode.BAD_USAGE);
    }

    @Test
    void testsAreForProgramsAlone() {
        Cli cli = Cli.solve("1 + 1", "--tests", "tests.py");
        assertThat(cli.err()).contains("--tests is for programs: add --domain code");
        assertThat(cli.code()).isEqualTo(ExitCode.BAD_USAGE);
    }

    @Test
    void thePolicyIsToldWhatTheLanguageNeeds() {
        Language java = Language.parse("java");
        RuntimeOptions usual = RuntimeOptions.DEFAULT;
        assertThat(ProgramSolving.models(usual, java).system()).isEqualTo(CodeTask.instruction(java));
        assertThat(ProgramSolving.models(usual, Language.parse("python")).system())
                .isEqualTo(CodeTask.INSTRUCTION)
                .isNotEqualTo(CodeTask.instruction(java));
        assertThat(ProgramSolving.models(usual.withSystem("Be brief."), java).system())
                .isEqualTo("Be brief.");
    }
}
