package org.espalier.code;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.espalier.eval.DatasetSource;
import org.espalier.eval.ProgramDataset;
import org.espalier.eval.ProgramItem;
import org.espalier.harness.SandboxHere;
import org.espalier.sandbox.Limits;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is said of programs of which not all lines are written. */
@Timeout(300)
class BeginningTest {
    private static final int ONE_OF = Boolean.getBoolean("espalier.allPrograms") ? 1 : 50;

    private static ProgramRuns open(String language) {
        return ProgramRuns.open(Language.parse(language), SandboxHere.required(), Limits.USUAL.withSeconds(20), 2);
    }

    /** The beginnings of a program that are refuted, though it is one. */
    private static List<String> refuted(ProgramRuns runs, String program, int step) {
        List<String> lines = program.lines().toList();
        List<String> found = new ArrayList<>();
        for (int end = 1; end <= lines.size(); end += step) {
            String begun = String.join("\n", lines.subList(0, end)) + "\n";
            Beginning beginning = runs.begin(begun).join();
            if (beginning.error() != null || !begun.startsWith(beginning.closed())) {
                found.add(begun + beginning);
            }
        }
        return found;
    }

    @ParameterizedTest
    @ValueSource(strings = {"humaneval", "mbpp"})
    void noBeginningOfAReferenceProgramIsRefuted(String name) {
        List<ProgramItem> items = ProgramDataset.load(new DatasetSource(name, () -> Path.of("no Parquet")), null)
                .orElseThrow()
                .items();
        try (ProgramRuns runs = open("python")) {
            for (int i = 0; i < items.size(); i += ONE_OF) {
                assertThat(refuted(runs, items.get(i).reference(), 1))
                        .as(items.get(i).id())
                        .isEmpty();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"java/Suite.java", "java/Checks.java"})
    void noBeginningOfAProgramInJavaIsRefuted(String resource) {
        try (ProgramRuns runs = open("java")) {
            assertThat(refuted(runs, Language.resource(resource), 3)).isEmpty();
        }
    }

    @Test
    void noBeginningOfFunctionsInJavaIsRefuted() {
        String program = """
                import java.util.List;

                public static int f(
                        List<Integer> xs) {
                    int sum =
                            0;
                    for (int x : xs)
                        sum
                                += x;
                    try {
                        sum = Math.abs(sum)
                                + 1;
                    }
                    catch (ArithmeticException e) {
                        String text = \"""
                                no
                                end\""";
                    }
                    /* A comment
                       of lines */
                    return xs.stream()
                            .reduce(sum,
                                    Integer::sum);
                }
                """;
        try (ProgramRuns runs = open("java")) {
            assertThat(refuted(runs, program, 1)).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "python | def f(x)",
                "python | def f(x):;x",
                "python | x = )",
                "python | def f(x):;  retrun x y",
                "python | if 1:;    x = 1;  else:",
                "java | class S {;  int f(int x) {;    int = 3;",
                "java | int f(int x) {;  return x x;;}",
                "java | class S { int x = };}",
            })
    void whatCannotBecomeAProgramIsRefuted(String language, String lines) {
        try (ProgramRuns runs = open(language)) {
            assertThat(runs.begin(lines.replace(";;", "\u0001")
                                            .replace(";", "\n")
                                            .replace("\u0001", ";\n") + "\n")
                            .join()
                            .error())
                    .isNotNull();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "x = 1;def f(x):;    return x | x = 1",
                "x = 1;y = (2, | x = 1",
                "def f(x):;    return x;print(f(1)) | def f(x):;    return x;print(f(1))",
                "if 1:;    x = 1;else: | ''",
                "def f(x):;    return x;@g | def f(x):;    return x",
                "x = [;1;];y | x = [;1;];y",
            })
    void statementsThatNoLineCanChangeAreKnown(String lines, String closed) {
        try (ProgramRuns runs = open("python")) {
            assertThat(runs.begin(lines.replace(";", "\n") + "\n")
                            .join()
                            .closed()
                            .strip())
                    .isEqualTo(closed.replace(";", "\n"));
        }
    }
}
