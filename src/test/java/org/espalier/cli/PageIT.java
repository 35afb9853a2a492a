package org.espalier.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.espalier.cli.Chromium.awaitTrue;

import com.microsoft.playwright.Download;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.ReducedMotion;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.espalier.harness.Waiting;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** A person at the page, in a real Chromium, with a real server and the models that come with Espalier. */
@Timeout(120)
class PageIT {
    private static final String PROBLEM = "Start with 12, then multiply by 7, then subtract 5. What is the result?";

    @TempDir
    private static Path folder;

    @RegisterExtension
    private static final ServedPage SERVED = new ServedPage(() -> folder, "--seed", "42");

    private static Page open() {
        return SERVED.open();
    }

    private static void choose(Page page, String method, int n) {
        page.locator("#first input[value=" + method + "]").check();
        if (!method.equals("greedy")) {
            page.locator("#first input[name=n]").fill("" + n);
        }
    }

    private static void solve(Page page, String method, int n) {
        page.locator("#problem").fill(PROBLEM);
        choose(page, method, n);
        page.locator("#solve").click();
        page.locator(".answer").waitFor();
    }

    /** Goes on for long. */
    private static void begin(Page page) {
        page.locator("#problem").fill(PROBLEM);
        choose(page, "majority", 64);
        page.locator(".limits summary").click();
        page.locator("input[name=temperature]").fill("2");
        page.locator("#solve").click();
        page.locator("#stop").waitFor();
    }

    private static void awaitIdle() {
        HttpRequest metrics =
                HttpRequest.newBuilder(URI.create(SERVED.url() + "/metrics")).build();
        HttpClient client = HttpClient.newHttpClient();
        Waiting.until(
                "the server is idle",
                () -> client.send(metrics, HttpResponse.BodyHandlers.ofString())
                        .body()
                        .contains("\nespalier_requests_in_flight 0\n"));
    }

    private static void assertNoSidewaysScroll(Page page) {
        assertThat((Integer)
                        page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))
                .isZero();
    }

    @Test
    void solvesAndTellsWhatIsKnownOfAStep() {
        Page page = open();
        solve(page, "best-of-n", 4);
        assertThat(page.locator(".answer").textContent()).isEqualTo("79");
        assertThat(page.locator(".agreement").textContent()).contains("of 4 completions agree");
        assertThat(page.locator(".cost").textContent()).contains("policy tokens", "PRM tokens");
        assertThat(page.locator(".pane-status").textContent()).contains("scored", "4 finished");
        Locator first = page.locator(".card:not(.problem)").first();
        first.click();
        assertThat(first.getAttribute("aria-selected")).isEqualTo("true");
        assertThat(page.locator(".facts").textContent()).contains("Score", "Log-probability", "nats", "Tokens");
        assertThat(page.locator(".step.chosen").textContent()).contains("84");
        page.locator(".card.ended.on-path").click();
        page.locator(".reading .katex .fbox").waitFor();
        assertThat(page.locator(".steps li").count()).isGreaterThan(2);
    }

    @Test
    void autoSaysWhyItStopped() {
        Page page = open();
        page.locator("#problem").fill(PROBLEM);
        page.locator("#solve").click();
        page.locator(".answer").waitFor();
        assertThat(page.locator(".pane-title").textContent()).isEqualTo("Auto, up to 64");
        assertThat(page.locator(".course").textContent())
                .isEqualTo("The first solution alone; 64 more would hardly have changed the answer");
        page.locator("#first input[value=beam]").check();
        assertThat(page.locator("#first input[name=n]").inputValue()).isEqualTo("16");
    }

    @Test
    void stopsWithTheBestSoFar() throws Exception {
        Page page = open();
        // Within the page: on a busy machine the search is over before a driver hears of its first step.
        page.evaluate("""
                () => new MutationObserver((changes, observer) => {
                  if (!document.querySelector('.card:not(.problem)')) return;
                  observer.disconnect();
                  document.querySelector('#stop').click();
                }).observe(document.body, { childList: true, subtree: true })""");
        begin(page);
        page.locator("#solve").waitFor();
        assertThat(page.locator(".outcome").isVisible()).isTrue();
        assertThat(page.locator(".agreement").textContent()).containsIgnoringCase("stopped");
        awaitIdle();
    }

    @Test
    void replaysARecordedTreeAndSavesIt() throws Exception {
        Path recorded = folder.resolve("recorded.jsonl");
        assertThat(Cli.solve(PROBLEM, "-n", "8", "--tree", recorded.toString(), "--threads", "1")
                        .code())
                .isZero();
        Page page = open();
        page.locator("#recorded").setInputFiles(recorded);
        page.locator(".answer").waitFor();
        assertThat(page.locator(".answer").textContent()).isEqualTo("79");
        assertThat(page.locator(".course").textContent())
                .matches("The first solution .*; \\d more would hardly have changed the answer");
        assertThat(page.locator("#problem").inputValue()).isEqualTo(PROBLEM);
        int all = page.locator(".card").count();
        Locator slider = page.locator(".moment");
        slider.focus();
        slider.press("Home");
        awaitTrue(page, "document.querySelectorAll('.card').length === 1");
        assertThat(page.locator(".outcome").isVisible()).isFalse();
        slider.press("ArrowRight");
        awaitTrue(page, "document.querySelectorAll('.card').length === 2");
        slider.press("End");
        awaitTrue(page, "document.querySelectorAll('.card').length === " + all);
        page.locator(".play").click();
        awaitTrue(page, "document.querySelector('.play').textContent === '▶'");
        // The last events are drawn in the frame after the one that ends the replay.
        awaitTrue(page, "document.querySelectorAll('.card').length === " + all);

        Download download = page.waitForDownload(() -> page.locator(".save").click());
        Path saved = folder.resolve("saved.jsonl");
        download.saveAs(saved);
        assertThat(TreeFile.read(saved).nodes())
                .isEqualTo(TreeFile.read(recorded).nodes());
        assertThat(TreeFile.read(saved).run()).isEqualTo(TreeFile.read(recorded).run());
    }

    @Test
    void aFileThatIsNoTreeIsNamed() throws Exception {
        Page page = open();
        page.locator("#recorded").setInputFiles(Files.writeString(folder.resolve("not.jsonl"), "{\"id\": 7}\n"));
        awaitTrue(page, "document.getElementById('notice').textContent.includes('Line 1 is not a node')");
    }

    @Test
    void theColoursAreThoseOfThePicture() throws Exception {
        Path picture = folder.resolve("picture.svg");
        Path recorded = folder.resolve("coloured.jsonl");
        Cli.solve(PROBLEM, "-n", "8", "--tree", recorded.toString(), "--tree", picture.toString(), "--threads", "1");
        Page page = open();
        page.locator("#recorded").setInputFiles(recorded);
        page.locator(".answer").waitFor();
        Matcher best = Pattern.compile("\\.s20\\{fill:#(..)(..)(..)}").matcher(Files.readString(picture));
        assertThat(best.find()).isTrue();
        List<?> pixel = (List<?>) page.evaluate("""
                () => {
                  const chip = [...document.querySelectorAll('.chip')].find((chip) => chip.textContent === '1.00');
                  const pen = document.createElement('canvas').getContext('2d');
                  pen.fillStyle = getComputedStyle(chip).backgroundColor;
                  pen.fillRect(0, 0, 1, 1);
                  return [...pen.getImageData(0, 0, 1, 1).data];
                }""");
        for (int i = 0; i < 3; i++) {
            assertThat(((Number) pixel.get(i)).doubleValue())
                    .isCloseTo(Integer.parseInt(best.group(i + 1), 16), within(3.0));
        }
    }

    @Test
    void comparesTwoMethods() throws Exception {
        Page page = open();
        page.locator("#problem").fill(PROBLEM);
        choose(page, "best-of-n", 4);
        page.locator("#compare").check();
        page.locator("#second input[value=greedy]").check();
        page.locator("#solve").click();
        awaitTrue(page, "document.querySelectorAll('.outcome:not([hidden])').length === 2");
        assertThat(page.locator(".pane-title").allTextContents()).containsExactly("Best of N, n = 4", "Greedy");
        assertThat(page.locator(".answer").allTextContents()).containsExactly("79", "79");
        double left = page.locator(".pane").first().boundingBox().y;
        assertThat(page.locator(".pane").last().boundingBox().y).isEqualTo(left);
    }

    @Test
    void aReloadDuringARunEndsItAndSaysSo() throws Exception {
        Page page = open();
        begin(page);
        page.locator(".card:not(.problem)").first().waitFor();
        page.reload();
        assertThat(page.locator("#notice").textContent()).contains("ended when the page was loaded again");
        assertThat(page.locator("#problem").inputValue()).isEqualTo(PROBLEM);
        assertThat(page.locator("#first input[value=majority]").isChecked()).isTrue();
        awaitIdle();
        solve(page, "greedy", 1);
        page.reload();
        page.locator(".answer").waitFor();
        assertThat(page.locator(".answer").textContent())
                .as("what was there before")
                .isEqualTo("79");
    }

    @Test
    void theKeyboardIsEnough() {
        Page page = open();
        assertThat(page.evaluate("document.activeElement.id"))
                .as("where to begin")
                .isEqualTo("problem");
        page.keyboard().insertText(PROBLEM);
        page.keyboard().press("Control+Enter");
        page.locator(".answer").waitFor();
        page.locator("#solve").focus();
        for (int i = 0; i < 30; i++) {
            page.keyboard().press("Tab");
            if ("treeitem".equals(page.evaluate("document.activeElement.getAttribute('role')"))) {
                break;
            }
        }
        Locator focused = page.locator(".card:focus");
        assertThat(focused.count()).isEqualTo(1);
        assertThat(focused.getAttribute("class")).contains("on-path");
        page.keyboard().press("Home");
        assertThat(focused.getAttribute("class")).contains("problem");
        page.keyboard().press("ArrowRight");
        assertThat(focused.getAttribute("aria-level")).isEqualTo("2");
        assertThat(page.locator(".steps li").count()).isEqualTo(1);
        int shown = page.locator(".card").count();
        page.keyboard().press("Enter");
        assertThat(focused.getAttribute("aria-expanded")).isEqualTo("false");
        assertThat(page.locator(".card").count()).isLessThan(shown);
        page.keyboard().press("ArrowRight");
        assertThat(page.locator(".card").count()).isEqualTo(shown);
        page.keyboard().press("End");
        assertThat(focused.textContent()).contains("answer 79");
        page.keyboard().press("ArrowLeft");
        assertThat(focused.textContent()).doesNotContain("answer 79");
        assertThat((String) page.evaluate("getComputedStyle(document.activeElement).outlineStyle"))
                .isEqualTo("solid");
    }

    @Test
    void fitsAPhone() {
        Page page = SERVED.open(
                options -> options.setViewportSize(360, 740).setHasTouch(true).setIsMobile(true));
        assertNoSidewaysScroll(page);
        page.locator("#compare").check();
        page.locator(".limits summary").click();
        assertNoSidewaysScroll(page);
        page.locator("#compare").uncheck();
        solve(page, "dvts", 16);
        assertNoSidewaysScroll(page);
        assertThat(page.locator(".card.on-path").first().isVisible()).isTrue();
    }

    @Test
    void isDarkInTheDark() {
        Page page =
                SERVED.open(options -> options.setColorScheme(ColorScheme.DARK).setReducedMotion(ReducedMotion.REDUCE));
        solve(page, "greedy", 1);
        assertThat(page.evaluate("getComputedStyle(document.body).backgroundColor"))
                .isEqualTo("rgb(13, 17, 23)");
        assertThat(page.evaluate("getComputedStyle(document.querySelector('.card')).animationName"))
                .isEqualTo("none");
    }

    /** A path of 30 steps, each with 7 pruned candidates beside it. */
    private static String largeTree() {
        StringBuilder lines = new StringBuilder();
        for (int id = 0; id <= 30 * 8; id++) {
            int level = (id + 7) / 8;
            boolean kept = id % 8 == 1 || id == 0;
            lines.append("{\"id\":%d,\"parent\":%s,\"child\":%d,\"depth\":%d,\"text\":\"%d + %d = %d\",\"tokens\":9,"
                    .formatted(
                            id,
                            id == 0 ? "null" : "" + Math.max(0, (level - 2) * 8 + 1),
                            id % 8,
                            level,
                            level,
                            id,
                            id));
            lines.append(
                    "\"score\":0.5,\"logProb\":-1,\"meanEntropy\":0.1,\"fate\":\"%s\",\"stopReason\":\"delimiter\","
                            .formatted(kept ? "kept" : "pruned"));
            lines.append("\"seed\":\"0\",\"proposedMillis\":%d,\"scoredMillis\":%d,\"decidedMillis\":%d}\n"
                    .formatted(level, level, level));
        }
        return lines.toString();
    }

    @Test
    void aLargeTreeIsFolded() throws Exception {
        Page page = open();
        page.locator("#recorded").setInputFiles(Files.writeString(folder.resolve("large.jsonl"), largeTree()));
        Locator folded = page.locator(".card.folded");
        awaitTrue(page, "document.querySelectorAll('.card.folded').length === 30");
        assertThat(page.locator(".card").count()).isEqualTo(1 + 30 + 30);
        folded.first().press("Enter");
        assertThat(page.locator(".card").count()).isEqualTo(1 + 30 + 29 + 7);
        page.locator(".show-pruned").uncheck();
        awaitTrue(page, "document.querySelectorAll('.card').length === 31");
    }

    /** What no model should write, each of which is the last step of a path and its answer. */
    private static List<String> giants() {
        String matrix = "\\begin{pmatrix}" + "1 & ".repeat(4999) + "1\\end{pmatrix}";
        return List.of(
                matrix,
                "$" + matrix + "$",
                "\\[" + matrix + "\\]",
                "\\boxed{" + matrix + "}",
                "\\boxed{" + "1\\\\".repeat(700) + "}",
                "$" + "x^".repeat(2000) + "2$",
                "\\sqrt{".repeat(20_000),
                "\\[".repeat(50_000),
                "$x$ ".repeat(20_000),
                "\\(\\def\\a{\\b\\b\\b\\b}\\def\\b{\\c\\c\\c\\c}\\def\\c{1+1+1+1}\\a\\)",
                "\ud835\udfd9".repeat(30_000),
                "x".repeat(500_000),
                "a line\n\n".repeat(20_000));
    }

    @Test
    void nothingGiantFreezesThePage() throws Exception {
        JsonMapper mapper = JsonMapper.builder().build();
        StringBuilder lines = new StringBuilder();
        List<String> giants = giants();
        for (int id = 0; id <= giants.size(); id++) {
            String text = id == 0 ? "" : giants.get(id - 1);
            ObjectNode node = (ObjectNode) mapper.readTree("""
                    {"child":0,"depth":%d,"tokens":9,"score":0.5,"logProb":-1,"meanEntropy":0.1,"fate":"completed",
                    "stopReason":"end","seed":"0","proposedMillis":1,"scoredMillis":1,"decidedMillis":1}""".formatted(id == 0 ? 0 : 1));
            node.put("id", id).put("text", text);
            if (id == 0) {
                node.putNull("parent");
                ObjectNode run = node.putObject("run");
                run.put("problem", giants.get(1)).put("method", "majority").put("n", giants.size());
                run.put("answer", giants.get(0))
                        .put("selected", 1)
                        .put("agreement", 0.5)
                        .put("stoppedBy", "completed");
                run.put("policyTokens", 9).put("prmTokens", 9).put("wallMillis", 1);
                for (String answer : giants) {
                    run.withArray("votes")
                            .addObject()
                            .put("answer", answer)
                            .put("count", 1)
                            .put("weight", 1);
                }
            } else {
                node.put("parent", 0);
                node.putObject("completion")
                        .put("answer", text)
                        .put("key", text)
                        .put("votes", 1);
            }
            lines.append(mapper.writeValueAsString(node)).append('\n');
        }
        Page page = open();
        page.locator("#recorded").setInputFiles(Files.writeString(folder.resolve("giants.jsonl"), lines));
        awaitTrue(page, "document.querySelectorAll('.card.ended').length === " + giants.size());
        assertThat(page.locator(".answer").textContent())
                .startsWith("\\begin{pmatrix}")
                .endsWith("…");
        assertThat(page.locator(".answer .katex").count()).isZero();
        for (String text : page.locator(".card .seen").allTextContents()) {
            assertThat(text).hasSizeLessThan(300);
        }
        assertThat(page.locator(".card").count())
                .as("a step of many lines is not as many cards")
                .isLessThan(300);
        Locator ended = page.locator(".card.ended");
        for (int i = 0; i < giants.size(); i++) {
            ended.nth(i).focus();
            ended.nth(i).press("Home");
            ended.nth(i).click(new Locator.ClickOptions().setForce(true));
            awaitTrue(page, "document.querySelectorAll('.step.chosen').length === 1");
            assertThat(((Number) page.evaluate("document.querySelectorAll('.reading *').length")).intValue())
                    .as(giants.get(i).substring(0, 10))
                    .isLessThan(60_000);
            assertThat(((Number) page.evaluate("document.querySelector('.reading').textContent.length")).intValue())
                    .isLessThan(200_000);
        }
    }

    @Test
    void asksForTheKeyOfAServerThatHasOne() throws Exception {
        try (ServerProcess guarded =
                ServerProcess.start(folder.resolve("guarded"), "--api-key", "secret", "--seed", "42")) {
            Page page = SERVED.chromium().open(guarded.url(), options -> {});
            page.locator("#key").waitFor();
            assertThat(SERVED.chromium().complaints()).allMatch(line -> line.contains("401"));
            SERVED.chromium().forgetComplaints();
            page.locator("#key").fill("secret");
            page.locator("#key").press("Tab");
            awaitTrue(page, "document.getElementById('models').textContent.includes('arith')");
            solve(page, "greedy", 1);
            assertThat(page.locator(".answer").textContent()).isEqualTo("79");
        }
    }
}
