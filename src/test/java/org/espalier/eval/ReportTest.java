package org.espalier.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportTest {
    @TempDir
    private Path folder;

    private RunFolder run(String name, long seed, String weighted, Map<String, Object> more) {
        return RunFolder.read(RunFolders.write(folder.resolve(name), "d", seed, weighted, more));
    }

    private static ReportRow row(List<ReportRow> rows, String run, String selection, int n, String level) {
        return rows.stream()
                .filter(row -> row.run().equals(run)
                        && row.selection().equals(selection)
                        && row.n() == n
                        && String.valueOf(row.level()).equals(level))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void aRunIsShownAtEveryNThatItRecorded() {
        List<ReportRow> rows = Report.rows(List.of(run("a", 1, "1100", Map.of())), Levels.Source.OWN);
        ReportRow whole = row(rows, "a", "weighted", 2, "null");
        assertThat(whole.accuracy()).isEqualTo(0.5);
        assertThat(whole.low()).isLessThan(0.5);
        assertThat(whole.high()).isGreaterThan(0.5);
        assertThat(whole.problems()).isEqualTo(4);
        assertThat(whole.tokensPerProblem()).isEqualTo(20);
        assertThat(whole.prmTokensPerProblem()).isEqualTo(30);
        assertThat(whole.secondsPerProblem()).isEqualTo(1);
        assertThat(row(rows, "a", "weighted", 1, "null").tokensPerProblem()).isEqualTo(10);
        assertThat(row(rows, "a", "pass", 1, "null").accuracy()).isCloseTo(0.25, within(1e-12));
        assertThat(row(rows, "a", "weighted", 2, "1").accuracy()).isEqualTo(0.5);
        assertThat(row(rows, "a", "weighted", 2, "1").problems()).isEqualTo(2);
    }

    @Test
    void runsThatDifferInTheSeedAloneAreOneMean() {
        List<ReportRow> rows =
                Report.rows(List.of(run("a", 1, "1100", Map.of()), run("b", 2, "1111", Map.of())), Levels.Source.OWN);
        ReportRow whole = row(rows, "a+b", "weighted", 2, "null");
        assertThat(whole.accuracy()).isEqualTo(0.75);
        assertThat(whole.seeds()).isEqualTo(2);
        assertThat(whole.problems()).isEqualTo(4);
    }

    @Test
    void levelsCanBeMeasured() {
        List<ReportRow> rows = Report.rows(List.of(run("a", 1, "0101010101", Map.of())), Levels.Source.QUINTILE);
        assertThat(row(rows, "a", "weighted", 2, "1").accuracy()).isEqualTo(1);
        assertThat(row(rows, "a", "weighted", 2, "2").accuracy()).isEqualTo(1);
        assertThat(row(rows, "a", "weighted", 2, "3").accuracy()).isEqualTo(0.5);
        assertThat(row(rows, "a", "weighted", 2, "4").accuracy()).isZero();
        assertThat(row(rows, "a", "weighted", 2, "5").problems()).isEqualTo(2);
        assertThat(row(rows, "a", "weighted", 2, "null").problems()).isEqualTo(10);
    }

    @Test
    void otherRunsStandBesideEachOther() {
        List<ReportRow> rows = Report.rows(
                List.of(run("a", 1, "1100", Map.of()), run("b", 1, "1111", Map.of("prm", "other"))), Levels.Source.OWN);
        assertThat(row(rows, "a", "weighted", 2, "null").accuracy()).isEqualTo(0.5);
        assertThat(row(rows, "b", "weighted", 2, "null").accuracy()).isEqualTo(1);
    }

    @Test
    void otherProgramsGetThemInTwoForms() {
        List<ReportRow> rows = Report.rows(List.of(run("a,b", 1, "10", Map.of())), Levels.Source.OWN);
        assertThat(ReportFiles.csv(rows).lines().toList())
                .startsWith("run,dataset,method,selection,n,seeds,accuracy,low,high,problems,tokensPerProblem,"
                        + "prmTokensPerProblem,secondsPerProblem,level")
                .hasSize(rows.size() + 1)
                .anyMatch(line -> line.startsWith("\"a,b\",d,best-of-n,weighted,2,1,0.5,"));
        assertThat(Json.LINES.readTree(ReportFiles.json(rows)).get("rows")).hasSize(rows.size());
    }

    @Test
    void thePlotsAreWritten() {
        List<ReportRow> rows = Report.rows(List.of(run("a", 1, "1100", Map.of())), Levels.Source.OWN);
        assertThat(new ReportPlots(rows).write(folder))
                .extracting(file -> file.getFileName().toString())
                .containsExactly("accuracy-n.png", "accuracy-tokens.png", "accuracy-seconds.png", "accuracy-level.png");
        assertThat(folder.resolve("accuracy-n.png")).isNotEmptyFile();
        assertThat(folder.resolve("accuracy-n.svg")).content().contains("<svg");
    }
}
