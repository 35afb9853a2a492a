package org.espalier.eval;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import javax.xml.parsers.DocumentBuilderFactory;
import org.espalier.search.SearchMethod;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xml.sax.InputSource;
import tools.jackson.databind.JsonNode;

class ReportPageTest {
    private static final Pattern PLOT = Pattern.compile("<svg.*?</svg>", Pattern.DOTALL);
    private static final Pattern DATA =
            Pattern.compile("<script type=\"application/json\" id=\"data\">(.*?)</script>", Pattern.DOTALL);

    @TempDir
    private Path folder;

    private static ReportRow row(String run, SearchMethod method, Criterion by, int n, double accuracy) {
        return new ReportRow(
                run,
                "d",
                method,
                by,
                n,
                1,
                accuracy,
                accuracy - .1,
                accuracy + .1,
                60,
                100.0 * n,
                0,
                .1 * n,
                null,
                null,
                null);
    }

    private String page(List<Path> runs) {
        List<ReportRow> rows = Report.rows(runs.stream().map(RunFolder::read).toList(), Levels.Source.OWN, null);
        return new ReportPage("d", rows, runs, folder.resolve("report")).html();
    }

    private static List<String> plots(String page) {
        return PLOT.matcher(page).results().map(MatchResult::group).toList();
    }

    /** What somebody wrote into records is text and nothing else, also where it looks like a part of the page. */
    @Test
    void recordsAreDataAndNotMarkup() throws Exception {
        String run = "<b>'\"&{{data}}";
        Path one = RunFolders.write(folder.resolve(run), "d", 1, "10", Map.of());
        Path file = one.resolve("records.jsonl");
        String evil = "</script><img src=x onerror=alert(1)>{{title}}<!--";
        Files.writeString(file, Files.readString(file).replace("how much is it?", evil));
        Path other = RunFolders.write(folder.resolve("other"), "d", 1, "11", Map.of("prm", "x"));
        String page = page(List.of(one, other));
        assertThat(page).doesNotContain("<img", "<b>").contains("&lt;b&gt;&#39;&quot;&amp;");
        assertThat(page.split("</script>", -1)).hasSize(3);
        MatchResult data = DATA.matcher(page).results().findFirst().orElseThrow();
        JsonNode read = Json.LINES.readTree(data.group(1));
        assertThat(read.at("/problems/0/text").asString()).isEqualTo(evil);
        assertThat(read.at("/runs/0/name").asString()).isEqualTo(run);
        for (String plot : plots(page)) {
            DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new InputSource(new StringReader(plot)));
        }
    }

    @Test
    void everyPointLeadsToALineOfTheTableAndEveryRecordIsThere() {
        Path run = RunFolders.write(folder.resolve("run"), "d", 1, "110010", Map.of());
        String page = page(List.of(run));
        assertThat(plots(page)).hasSize(3);
        List<String> targets = Pattern.compile("href=\"#(row-\\d+)\"")
                .matcher(page)
                .results()
                .map(found -> found.group(1))
                .toList();
        assertThat(targets).isNotEmpty().allMatch(target -> page.contains("<tr id=\"" + target + "\">"));
        assertThat(page).doesNotContain("http:", "https:", "@import", "src=");
        JsonNode data = Json.LINES.readTree(
                DATA.matcher(page).results().findFirst().orElseThrow().group(1));
        assertThat(data.path("records")).hasSize(6);
        assertThat(data.at("/records/3/line").asInt()).isEqualTo(4);
        assertThat(data.at("/records/4/answers/1/right").asBoolean()).isTrue();
        assertThat(data.at("/runs/0/file").asString()).isEqualTo("../run/records.jsonl");
    }

    /** Names of curves that end at the same height stand apart, and inside the picture. */
    @Test
    void namesDoNotStandOnOneAnother() {
        List<ReportRow> rows = new ArrayList<>();
        for (SearchMethod method : List.of(
                SearchMethod.BEST_OF_N, SearchMethod.BEAM, SearchMethod.DVTS, SearchMethod.REBASE, SearchMethod.MCTS)) {
            for (int n = 4; n <= 64; n *= 4) {
                rows.add(row("r", method, Criterion.WEIGHTED, n, .5 + n / 1000.0));
                rows.add(row("r", method, Criterion.PASS, n, .6));
            }
        }
        rows.add(row("r", SearchMethod.GREEDY, Criterion.MAJORITY, 1, .5));
        String svg = new PagePlot(rows, "completions", ReportRow::n).svg();
        List<Double> heights = Pattern.compile("class=\"name\"[^>]* y=\"([\\d.]+)\"")
                .matcher(svg)
                .results()
                .map(found -> Double.valueOf(found.group(1)))
                .sorted()
                .toList();
        assertThat(heights).hasSize(7);
        for (int i = 1; i < heights.size(); i++) {
            assertThat(heights.get(i) - heights.get(i - 1)).isGreaterThanOrEqualTo(14.9);
        }
        assertThat(heights.get(0)).isPositive();
        assertThat(heights.get(6)).isLessThan(420);
        assertThat(svg).contains("#0072b2").doesNotContain("NaN", "Infinity");
    }

    @Test
    void oneResultIsAPlotAsWell() {
        String svg = new PagePlot(List.of(row("r", SearchMethod.GREEDY, Criterion.MAJORITY, 1, .5)), "n", ReportRow::n)
                .svg();
        assertThat(svg).contains("<circle").doesNotContain("NaN", "Infinity");
        assertThat(new PagePlot(List.of(), "n", ReportRow::n).svg()).isEmpty();
    }

    @Test
    void resultsAreThereAsLmEvalWritesThem() {
        Path run = RunFolders.write(folder.resolve("run"), "d", 1, "1100", Map.of("policy", "small"));
        List<RunFolder> runs = List.of(RunFolder.read(run));
        JsonNode file = Json.LINES.readTree(ReportFiles.lmEval(Report.rows(runs, Levels.Source.OWN, null), runs));
        JsonNode task = file.at("/results/d");
        assertThat(task.path("exact_match,best-of-n@2/weighted").asDouble()).isEqualTo(.5);
        assertThat(task.path("exact_match_stderr,best-of-n@2/weighted").asDouble())
                .isBetween(.15, .3);
        assertThat(file.at("/n-samples/d/effective").asInt()).isEqualTo(4);
        assertThat(file.at("/configs/d/seed").asInt()).isEqualTo(1);
        assertThat(file.path("model_name").asString()).isEqualTo("small");
    }
}
