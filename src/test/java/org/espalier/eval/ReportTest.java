package org.espalier.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.espalier.search.SearchMethod;
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
                        && row.selection().toString().equals(selection)
                        && row.n() == n
                        && String.valueOf(row.level()).equals(level))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void aRunIsShownAtEveryNThatItRecorded() {
        List<ReportRow> rows = Report.rows(List.of(run("a", 1, "1100", Map.of())), Levels.Source.OWN, null);
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
        List<ReportRow> rows = Report.rows(
                List.of(run("a", 1, "1100", Map.of()), run("b", 2, "1111", Map.of())), Levels.Source.OWN, null);
        ReportRow whole = row(rows, "a+b", "weighted", 2, "null");
        assertThat(whole.accuracy()).isEqualTo(0.75);
        assertThat(whole.seeds()).isEqualTo(2);
        assertThat(whole.problems()).isEqualTo(4);
    }

    @Test
    void levelsCanBeMeasured() {
        List<ReportRow> rows = Report.rows(List.of(run("a", 1, "0101010101", Map.of())), Levels.Source.QUINTILE, null);
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
                List.of(run("a", 1, "1100", Map.of()), run("b", 1, "1111", Map.of("prm", "other"))),
                Levels.Source.OWN,
                null);
        assertThat(row(rows, "a", "weighted", 2, "null").accuracy()).isEqualTo(0.5);
        assertThat(row(rows, "b", "weighted", 2, "null").accuracy()).isEqualTo(1);
    }

    @Test
    void otherProgramsGetThemInTwoForms() {
        List<ReportRow> rows = Report.rows(List.of(run("a,b", 1, "10", Map.of())), Levels.Source.OWN, null);
        assertThat(ReportFiles.csv(rows).lines().toList())
                .startsWith("run,dataset,method,selection,n,seeds,accuracy,low,high,problems,tokensPerProblem,"
                        + "prmTokensPerProblem,secondsPerProblem,joulesPerProblem,pricePerProblem,level")
                .hasSize(rows.size() + 1)
                .anyMatch(line -> line.startsWith("\"a,b\",d,best-of-n,weighted,2,1,0.5,"));
        assertThat(Json.LINES.readTree(ReportFiles.json(rows, List.of())).get("rows"))
                .hasSize(rows.size());
    }

    /** Two processes solved four problems in ten seconds with 200 joules, another run of it as many without a counter. */
    @Test
    void processesTellWhereTimeAndEnergyWent() {
        RunFolders.write(folder.resolve("a"), "d", 1, "1100", Map.of());
        RunFolders.writeCells(folder.resolve("a"), """
                {"method":"best-of-n","n":2,"session":1,"problems":1,"seconds":4,"engine":{"batchOccupancy":0.5,\
                "policySeconds":2,"prmSeconds":1,"samplingSeconds":0.5,"waitingSeconds":0.1,"joules":80,"peakMemoryBytes":100}}
                {"method":"best-of-n","n":2,"session":2,"problems":3,"seconds":6,"engine":{"batchOccupancy":0.9,\
                "policySeconds":4,"prmSeconds":1,"samplingSeconds":0.3,"waitingSeconds":0.3,"joules":120,"peakMemoryBytes":90}}
                """);
        RunFolder a = RunFolder.read(folder.resolve("a"));

        assertThat(Report.processes(List.of(a))).singleElement().satisfies(row -> {
            assertThat(row.method()).isEqualTo(SearchMethod.BEST_OF_N);
            assertThat(row.n()).isEqualTo(2);
            assertThat(row.problems()).isEqualTo(4);
            assertThat(row.agreement()).isEqualTo(0.5);
            assertThat(row.committedTokens()).isEqualTo(20);
            assertThat(row.discardedTokens()).isZero();
            assertThat(row.sharedShare()).as("a prompt of 5").isEqualTo(5 / 25.0);
            assertThat(row.overthinkingShare()).as("4 of 10 and 2 of 10").isEqualTo(0.3);
            assertThat(row.batchOccupancy()).isCloseTo((0.5 + 3 * 0.9) / 4, within(1e-12));
            assertThat(row.policySeconds()).isEqualTo(1.5);
            assertThat(row.prmSeconds()).isEqualTo(0.5);
            assertThat(row.waitingSeconds()).isCloseTo(0.1, within(1e-12));
            assertThat(row.schedulingSeconds()).as("not recorded").isNull();
            assertThat(row.peakMemoryBytes()).isEqualTo(100);
            assertThat(row.joules()).isEqualTo(50);
        });
        ReportRow whole = row(Report.rows(List.of(a), Levels.Source.OWN, 7.2), "a", "weighted", 2, "null");
        assertThat(whole.joulesPerProblem()).as("20 watts, one second").isEqualTo(20);
        assertThat(whole.pricePerProblem()).isCloseTo(0.002, within(1e-12));

        RunFolder b = run("b", 2, "1111", Map.of());
        assertThat(row(Report.rows(List.of(b), Levels.Source.OWN, null), "b", "weighted", 2, "null")
                        .joulesPerProblem())
                .isNull();
        assertThat(Report.processes(List.of(a, b))).singleElement().satisfies(row -> {
            assertThat(row.problems()).isEqualTo(8);
            assertThat(row.policySeconds()).as("of those that say").isEqualTo(1.5);
        });
    }

    @Test
    void recordsOfOlderVersionsCanBeRead() throws IOException {
        Path run = RunFolders.write(folder.resolve("a"), "d", 1, "10", Map.of());
        Path records = run.resolve("records.jsonl");
        String older =
                Files.readString(records).replaceAll(",\"(sharedTokens|tokensAfterAnswer|agreement)\":[0-9.]+", "");
        assertThat(older).doesNotContain("agreement");
        Files.writeString(records, older);

        assertThat(Report.processes(List.of(RunFolder.read(run))))
                .singleElement()
                .satisfies(row -> {
                    assertThat(row.sharedShare()).isNull();
                    assertThat(row.overthinkingShare()).isNull();
                    assertThat(row.agreement()).isNull();
                });
    }

    @Test
    void energyIsDrawnWhereItIsKnown() {
        RunFolders.write(folder.resolve("a"), "d", 1, "1100", Map.of());
        RunFolders.writeCells(folder.resolve("a"), """
                {"method":"best-of-n","n":2,"session":1,"problems":4,"seconds":4,"engine":{"joules":80}}
                """);
        List<ReportRow> rows = Report.rows(List.of(RunFolder.read(folder.resolve("a"))), Levels.Source.OWN, null);
        assertThat(new ReportPlots(rows).write(folder)).contains(folder.resolve("accuracy-joules.png"));
    }

    @Test
    void thePlotsAreWritten() {
        List<ReportRow> rows = Report.rows(List.of(run("a", 1, "1100", Map.of())), Levels.Source.OWN, null);
        assertThat(new ReportPlots(rows).write(folder))
                .extracting(file -> file.getFileName().toString())
                .containsExactly("accuracy-n.png", "accuracy-tokens.png", "accuracy-seconds.png", "accuracy-level.png");
        assertThat(folder.resolve("accuracy-n.png")).isNotEmptyFile();
        assertThat(folder.resolve("accuracy-n.svg")).content().contains("<svg");
    }
}
