package org.espalier.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.espalier.eval.RunFolders;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code report.html} in a browser, as a file and without a network. */
class ReportPageIT {
    @TempDir
    private Path folder;

    private static List<String> column(Page page, String table, int column) {
        return page.locator(table + " tbody tr td:nth-child(" + column + ")").allTextContents();
    }

    @Test
    void pointsLeadToTheirRecordsAndTablesAreSorted() {
        Path one = RunFolders.write(folder.resolve("one"), "d", 1, "110010", Map.of("prm", "one"));
        Path other = RunFolders.write(folder.resolve("other"), "d", 1, "111011", Map.of("prm", "other"));
        Path out = folder.resolve("report");
        Cli cli = Cli.run("report", one.toString(), other.toString(), "--out", out.toString());
        assertThat(cli.code()).as(cli.err()).isZero();
        try (Chromium chromium = Chromium.start()) {
            Page page = chromium.open(out.resolve("report.html").toUri().toString(), options -> {});
            assertThat(page.title()).isEqualTo("d: Espalier report");
            assertThat(page.locator("figure svg").count()).isEqualTo(3);
            assertThat(page.locator("#records").isVisible()).isFalse();

            String row = page.locator("#results tbody tr", new Page.LocatorOptions().setHasText("weighted"))
                    .nth(1)
                    .getAttribute("id");
            page.locator("figure")
                    .first()
                    .locator("a[href='#" + row + "'] circle")
                    .click();
            assertThat(page.locator("#records-title").textContent()).isEqualTo("best-of-n, weighted of 2: 6 records");
            assertThat(column(page, "#records-table", 1)).containsExactly("p0", "p1", "p2", "p3", "p4", "p5");
            assertThat(column(page, "#records-table", 7))
                    .containsExactly("right", "right", "wrong", "wrong", "right", "wrong");
            assertThat(column(page, "#records-table", 11)).containsExactly("1", "2", "3", "4", "5", "6");
            assertThat(page.locator("#records-files a").getAttribute("href")).isEqualTo("../one/records.jsonl");
            assertThat(page.locator("tr.shown").count()).isEqualTo(1);

            page.locator("#records-table th:nth-child(7) button").click();
            assertThat(column(page, "#records-table", 7))
                    .containsExactly("right", "right", "right", "wrong", "wrong", "wrong");

            page.locator("#results th.number button", new Page.LocatorOptions().setHasText("accuracy %"))
                    .click();
            List<Double> falling =
                    column(page, "#results", 5).stream().map(Double::valueOf).toList();
            assertThat(falling)
                    .isSortedAccordingTo((a, b) -> Double.compare(b, a))
                    .contains(83.3, 50.0);
            page.locator("#results th.number button", new Page.LocatorOptions().setHasText("accuracy %"))
                    .click();
            assertThat(column(page, "#results", 5).stream().map(Double::valueOf))
                    .isSorted();
            assertThat(chromium.complaints()).isEmpty();
        }
    }
}
