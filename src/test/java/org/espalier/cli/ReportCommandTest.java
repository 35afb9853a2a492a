package org.espalier.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.espalier.eval.RunFolders;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code report} and {@code compare} over folders that no model has made. */
class ReportCommandTest {
    @TempDir
    private Path folder;

    private String run(String name, String dataset, String weighted) {
        return RunFolders.write(folder.resolve(name), dataset, 1, weighted, Map.of("prm", name))
                .toString();
    }

    @Test
    void aTableForAPerson() {
        Cli cli = Cli.run("report", run("a", "d", "1100"));
        assertThat(cli.code()).isZero();
        assertThat(cli.out().lines().toList())
                .anyMatch(line -> line.matches("method +selection +n +accuracy % +95 % +L1 +L2 +problems.*"))
                .anyMatch(line ->
                        line.matches("best-of-n +weighted +2 +50\\.0 +.*50\\.0 +50\\.0 +4 +1 +20 +30 +1\\.000"));
    }

    @Test
    void whatItCostAndHowItWorked() {
        Cli cli = Cli.run("report", run("a", "d", "1100"), "--price", "3.6", "--process");
        assertThat(cli.code()).isZero();
        assertThat(cli.out().lines().toList())
                .anyMatch(line -> line.matches("method +selection .* seconds +price of 1,000"))
                .anyMatch(line -> line.matches("best-of-n +weighted +2 .* 1\\.000 +1\\.000"))
                .anyMatch(line -> line.matches("method +n +agreement % +kept +discarded .*"))
                .anyMatch(line -> line.matches("best-of-n +2 +50\\.0 +20 +0 +0 +20\\.0 +30\\.0 +30 +30.*"));
        Cli wrong = Cli.run("report", run("b", "d", "1"), "--price", "-1");
        assertThat(wrong.code()).isEqualTo(ExitCode.BAD_USAGE);
        assertThat(wrong.err()).contains("--price must be 0 or more, not -1.0");
    }

    @Test
    void jsonForAProgramAndFilesForBoth() {
        Path out = folder.resolve("report");
        Cli cli = Cli.run("report", run("a", "d", "1100"), run("b", "d", "1111"), "--json", "--out", out.toString());
        assertThat(cli.code()).isZero();
        assertThat(cli.json().get("rows")).isNotEmpty();
        assertThat(cli.json().get("processes")).hasSize(2);
        assertThat(out.resolve("report.md"))
                .content()
                .contains("| run | method |", "![accuracy-n.png](accuracy-n.png)");
        assertThat(out.resolve("report.csv")).isNotEmptyFile();
        assertThat(out.resolve("accuracy-tokens.svg")).isNotEmptyFile();
    }

    @Test
    void methodsByNForAPaper() {
        String run = run("my_run", "d", "1100");
        Cli markdown = Cli.run("report", run, "--pivot", "markdown");
        assertThat(markdown.out()).startsWith("| method | selection | n = 1 | n = 2 |\n|---|---|--:|--:|\n");
        assertThat(markdown.out())
                .containsPattern("\\| best-of-n \\| weighted \\| 0.0 \\[0.0, [0-9.]+\\] \\| 50.0 \\[");
        Cli latex = Cli.run("report", run, run("other", "d", "1111"), "--pivot", "latex");
        assertThat(latex.out())
                .contains("\\begin{tabular}{lllrr}", "$n = 2$", "\\bottomrule")
                .contains("my\\_run & best-of-n & weighted & 0.0 {\\scriptsize [");
    }

    @Test
    void runsOfDifferentDataSetsAreNotMixed() {
        Cli cli = Cli.run("report", run("a", "d", "1"), run("b", "e", "1"));
        assertThat(cli.code()).isEqualTo(ExitCode.BAD_USAGE);
        assertThat(cli.err()).contains("different data sets (d, e)");
    }

    @Test
    void severalSeedsAreComparedAsOneRun() {
        String one = RunFolders.write(folder.resolve("one"), "d", 1, "1100", Map.of())
                .toString();
        String two = RunFolders.write(folder.resolve("two"), "d", 2, "1001", Map.of())
                .toString();
        Cli cli = Cli.run(
                "compare",
                one + "," + two,
                "--first",
                "best-of-n@1/weighted",
                "--second",
                "best-of-n@2/weighted",
                "--json");
        assertThat(cli.code()).as(cli.err()).isZero();
        var found = cli.json().get("comparisons").get(0);
        assertThat(found.get("secondAccuracy").asDouble()).isEqualTo(0.5);
        assertThat(found.get("onlySecond").asInt())
                .as("solved with one seed at least")
                .isEqualTo(3);
        assertThat(found.get("p").isNull()).as("not simply right or wrong").isTrue();

        Cli mixed = Cli.run(
                "compare", one + "," + run("other", "d", "1100"), "--first", "best-of-n@1", "--second", "best-of-n@2");
        assertThat(mixed.code()).isEqualTo(ExitCode.BAD_USAGE);
        assertThat(mixed.err()).contains("one and other differ in more than the seed");
    }

    @Test
    void noDifferenceIsSaidToBeNone() {
        Cli cli = Cli.run("compare", run("a", "d", "1100"), run("b", "d", "1110"));
        assertThat(cli.code()).isZero();
        assertThat(cli.out()).contains("no difference shown");
        assertThat(Cli.run("compare", run("a", "d", "1100")).err()).contains("nothing to compare it with");
    }
}
