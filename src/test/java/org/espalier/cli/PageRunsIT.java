package org.espalier.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.espalier.cli.Chromium.awaitTrue;

import com.microsoft.playwright.Download;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.WaitForSelectorState;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import javax.imageio.ImageIO;
import javax.xml.parsers.DocumentBuilderFactory;
import org.espalier.harness.Waiting;
import org.espalier.search.SearchMethod;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** What the page says of an answer, gives out and keeps, in a real Chromium. */
@Timeout(180)
class PageRunsIT {
    private static final int MOST = 256;
    private static final String PROBLEM = "Start with 12, then multiply by 7, then subtract 5. What is the result?";
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    @TempDir
    private static Path folder;

    @RegisterExtension
    private static final ServedPage SERVED =
            new ServedPage(() -> folder, "--seed", "42", "--max-n", Integer.toString(MOST));

    private static Page open() {
        return SERVED.open(options -> options.setPermissions(List.of("clipboard-read", "clipboard-write")));
    }

    private static void choose(Page page, String method) {
        page.locator("#first input[value=" + method + "]").check();
    }

    private static void solve(Page page, String problem, String method) {
        page.locator("#problem").fill(problem);
        choose(page, method);
        if (!method.equals("greedy")) {
            page.locator("#first input[name=n]").fill("4");
        }
        page.locator("#solve").click();
        awaitTrue(
                page,
                "document.querySelector('.pane') !== null && document.querySelector('.hand-over[hidden]') === null");
    }

    /** Shows a recorded search of one completion. */
    private static Page replay(Page page, String reply, Consumer<ObjectNode> changed) throws IOException {
        ObjectNode root = (ObjectNode) MAPPER.readTree("""
                {"id":0,"parent":null,"child":0,"depth":0,"text":"","tokens":0,"score":null,"logProb":0,"meanEntropy":0,
                "fate":"proposed","stopReason":null,"seed":"0","proposedMillis":-1,"scoredMillis":-1,"decidedMillis":-1,
                "run":{"problem":"p","method":"greedy","n":1,"answer":null,"selected":1,"votes":[],"agreement":0,
                "stoppedBy":"completed","policyTokens":9,"prmTokens":0,"wallMillis":5}}""");
        ObjectNode node = (ObjectNode) MAPPER.readTree("""
                {"id":1,"parent":0,"child":0,"depth":1,"tokens":9,"score":null,"logProb":-1,"meanEntropy":0.1,
                "fate":"completed","stopReason":"eos","seed":"0","proposedMillis":1,"scoredMillis":-1,"decidedMillis":1,
                "completion":{"answer":null,"key":null,"votes":0}}""");
        node.put("text", reply);
        changed.accept((ObjectNode) root.get("run"));
        Path file = Files.writeString(
                folder.resolve("replayed.jsonl"),
                MAPPER.writeValueAsString(root) + "\n" + MAPPER.writeValueAsString(node));
        page.locator("#recorded").setInputFiles(file);
        page.locator(".hand-over").waitFor();
        return page;
    }

    @Test
    void theReplyIsSetAsProse() throws Exception {
        Page page = replay(open(), """
                # Title

                Some **bold**, `x < $1$`, a list

                1. one
                2. two with $\\frac{1}{2}$

                ```python
                print("$5$ <b>")
                ```

                | a | b |
                |---|---|
                | 1 | 2 |

                [away](https://example.org/x)
                """, run -> {});
        Locator reply = page.locator(".reply");
        assertThat(page.locator(".answer").isVisible())
                .as("there is no short answer")
                .isFalse();
        assertThat(reply.locator("h3").textContent()).isEqualTo("Title");
        assertThat(reply.locator("strong").textContent()).isEqualTo("bold");
        assertThat(reply.locator("p code").textContent()).isEqualTo("x < $1$");
        assertThat(reply.locator("ol li").count()).isEqualTo(2);
        reply.locator("ol .katex .mfrac").waitFor();
        assertThat(reply.locator("pre").textContent()).isEqualTo("print(\"$5$ <b>\")\n");
        assertThat(reply.locator("td").allTextContents()).containsExactly("1", "2");
        assertThat(reply.locator("a").getAttribute("rel")).contains("noopener");
    }

    @Test
    void nothingThatAModelWritesBecomesMoreThanText() throws Exception {
        Page page = replay(open(), """
                <script>document.title = "gone"</script>
                <img src=x onerror="document.title='gone'"> <svg onload="document.title='gone'"></svg>
                <style>body{display:none}</style><iframe src="https://example.org"></iframe>
                <form id="ask" action="https://example.org"><input name="problem"></form>

                ![picture](https://example.org/p.png) [run](javascript:document.title='gone') [data](data:text/html,x)
                <https://example.org/ok> <a id="solve" name="body" href="x" style="position:fixed" onclick="alert(1)">click</a>
                """, run -> run.put("answer", "<b onclick=alert(1)>7</b>"));
        assertThat(page.title()).isEqualTo("Espalier");
        assertThat(
                        page.evaluate(
                                "document.querySelectorAll('.pane script, .pane img, .pane svg:not(.edges), .pane style,"
                                        + " .pane iframe, .pane form, .pane [style*=fixed], .pane [onclick], .reply [id], .reply [name]').length"))
                .isEqualTo(0);
        assertThat(page.locator(".reply a").evaluateAll("links => links.map(link => link.getAttribute('href'))"))
                .isEqualTo(Arrays.asList(null, null, "https://example.org/ok"));
        assertThat(page.locator(".reply").textContent())
                .contains("<script>document.title", "onclick=\"alert(1)\">click");
        assertThat(page.locator(".answer").textContent()).isEqualTo("<b onclick=alert(1)>7</b>");
    }

    /** Each is read in little time, or shown as it was written. */
    @Test
    void noMarkupKeepsTheBrowserBusy() throws Exception {
        Page page = open();
        for (String piece : List.of(
                "> ",
                "* ",
                "[",
                "[a](",
                "`",
                "**a",
                "_a",
                "<a",
                "| a ",
                "- \n  ",
                "#",
                "~~",
                "![",
                "\\[",
                "a\n===\n",
                "&amp",
                "<!--")) {
            replay(page, piece.repeat(40_000 / piece.length()), run -> {});
            assertThat(((Number) page.evaluate("document.querySelectorAll('.reply *').length")).intValue())
                    .as(piece)
                    .isLessThan(60_000);
        }
    }

    @Test
    void whatTheServerSaysAboutAnAnswerIsShown() throws Exception {
        Page page = open();
        page.route("**/v1/chat/completions", route -> {
            String chunk = """
                    data: {"id":"chatcmpl-1","choices":[{"index":0,"delta":{"content":"A reply without a number."}}],
                    "espalier":{"answer":null,"method":"greedy","n":1,"votes":[],"agreement":0,"stoppedBy":"completed",
                    "settled":false,"selected":1,"endings":[],"warnings":[{"code":"x","message":"It was chosen by its likelihood."}],"chosenBy":"likelihood","confidence":{"level":"low"},
                    "usage":{"policyTokens":9,"policyTokensDecoded":9,"prmTokens":0,"wallMillis":5}}}
                    """.replace("\n", "");
            route.fulfill(new Route.FulfillOptions()
                    .setContentType("text/event-stream")
                    .setBody(chunk + "\n\ndata: [DONE]\n\n"));
        });
        solve(page, PROBLEM, "greedy");
        assertThat(page.locator(".reply").textContent().strip()).isEqualTo("A reply without a number.");
        assertThat(page.locator(".warnings").textContent()).isEqualTo("It was chosen by its likelihood.");
    }

    private static byte[] saved(Page page, String button) throws IOException {
        Download download = page.waitForDownload(() -> page.locator(button).click());
        Path file = folder.resolve(download.suggestedFilename());
        download.saveAs(file);
        return Files.readAllBytes(file);
    }

    @Test
    void givesTheAnswerOut() throws Exception {
        Page page = open();
        solve(page, "It's Mia's sum. " + PROBLEM, "best-of-n");
        String answer = page.locator(".answer").textContent();
        page.locator(".copy-answer").click();
        awaitTrue(page, "document.querySelector('.copy-answer').textContent === 'Copied'");
        assertThat((String) page.evaluate("navigator.clipboard.readText()")).contains("\\boxed{" + answer + "}");

        String markdown = new String(saved(page, ".save-markdown"), StandardCharsets.UTF_8);
        assertThat(markdown)
                .startsWith("> It's Mia's sum. Start with 12")
                .contains("**Answer:** `" + answer + "`", "- Method: Best of N, n = 4", "- Seed: 42");

        page.locator(".copy-curl").click();
        awaitTrue(page, "document.querySelector('.copy-curl').textContent === 'Copied'");
        Process curl = new ProcessBuilder("sh", "-c", (String) page.evaluate("navigator.clipboard.readText()"))
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        assertThat(MAPPER.readTree(curl.getInputStream().readAllBytes())
                        .at("/espalier/answer")
                        .asString())
                .isEqualTo(answer);

        Path svg = Files.write(folder.resolve("page.svg"), saved(page, ".save-svg"));
        assertThat(DocumentBuilderFactory.newInstance()
                        .newDocumentBuilder()
                        .parse(svg.toFile())
                        .getElementsByTagName("path")
                        .getLength())
                .isEqualTo(page.locator(".edge").count());
        assertThat(Files.readString(svg)).contains(">" + answer + "<", " vote").doesNotContain("oklch", "var(");
        Path png = Files.write(folder.resolve("page.png"), saved(page, ".save-png"));
        assertThat(ImageIO.read(png.toFile()).getWidth()).isGreaterThan(600);
    }

    @Test
    void pastRunsAreFoundShownAndDeleted() throws Exception {
        Page page = open();
        page.locator("#rail-toggle").waitFor();
        solve(page, PROBLEM, "best-of-n");
        solve(page, "Start with 3, then add 4. What is the result?", "greedy");
        Page other = page.context().newPage();
        other.navigate(SERVED.url());
        if (!other.locator("#rail").isVisible()) {
            other.locator("#rail-toggle").click();
        }
        Locator runs = other.locator(".past");
        awaitTrue(other, "document.querySelectorAll('.past').length >= 2");
        other.locator("#rail-search").fill("multiply 79");
        Waiting.until(
                "the words are looked for",
                () -> runs.count() > 0 && runs.allTextContents().stream().allMatch(text -> text.contains("multiply")));
        runs.first().locator(".run").click();
        other.locator(".answer").waitFor();
        assertThat(other.locator(".answer").textContent()).isEqualTo("79");
        assertThat(other.locator(".pane-title").textContent()).isEqualTo("Best of N, n = 4");
        assertThat(other.locator("#problem").inputValue()).isEqualTo(PROBLEM);
        assertThat(other.locator(".reply").textContent()).contains("84 - 5 = 79");
        assertThat(runs.first().locator(".run").getAttribute("aria-current")).isEqualTo("true");

        other.locator("#rail-search").fill("");
        Waiting.until(
                "all runs are there again",
                () -> runs.allTextContents().stream().anyMatch(text -> text.contains("Start with 3")));
        int before = runs.count();
        if (!page.locator("#rail").isVisible()) {
            page.locator("#rail-toggle").click();
        }
        runs.first().locator(".run-delete").click();
        Waiting.until(
                "it is gone, in the first tab too",
                () -> runs.count() == before - 1 && page.locator(".past").count() == before - 1);
        other.onDialog(dialog -> dialog.accept());
        other.locator("#rail-clear").click();
        awaitTrue(other, "document.querySelectorAll('.past').length === 0");
        assertThat(other.locator("#rail-none").textContent()).contains("No runs yet");
    }

    @Test
    void aComparisonEndsWithAVerdict() {
        Page page = open();
        page.locator("#compare").check();
        page.locator("#second input[value=greedy]").check();
        solve(page, PROBLEM, "best-of-n");
        page.locator("#verdict").waitFor();
        assertThat(page.locator("#verdict-text").textContent())
                .startsWith("Both say 79. Greedy is better here, for it is cheaper by a factor of ")
                .contains("4 of its 4 completions say so")
                .contains("One problem does not tell");
        page.reload();
        page.locator("#verdict").waitFor();
        assertThat(page.locator(".pane-title").allTextContents()).containsExactly("Best of N, n = 4", "Greedy");
    }

    @Test
    void verdictsCountTheVotesOfBoth() {
        Page page = open();
        String text = (String) page.evaluate("""
                async () => {
                  const { verdict, chanceOf } = await import("/page/verdict.js");
                  const run = (title, method, votes, tokens) => ({ title, recording: { result: { method, answer: votes[0]?.answer ?? null,
                    votes, policyTokens: tokens, wallMillis: 1000 } } });
                  const vote = (answer, count) => ({ answer, count, weight: 0 });
                  return [verdict([run("A", "majority", [vote("7", 12), vote("8", 1)], 900), run("B", "greedy", [vote("8", 1)], 60)]),
                    verdict([run("A", "majority", [vote("7", 2)], 90), run("B", "greedy", [vote("8", 1)], 60)]),
                    verdict([run("A", "majority", [], 90), { title: "B", recording: { result: null } }]),
                    chanceOf(5, 0), chanceOf(3, 3), chanceOf(600, 400) < 1e-8].join("\\n");
                }""");
        assertThat(text.lines())
                .satisfiesExactly(
                        line -> assertThat(line)
                                .contains(
                                        "A says 7, B says 8.",
                                        "of the 14 completions of both, 12 say 7 and 2 the other",
                                        "1.3\u00a0% of cases",
                                        "that is likely more than chance"),
                        line -> assertThat(line).contains("may well be chance"),
                        line -> assertThat(line).startsWith("Only A ended: A gives no short answer."),
                        line -> assertThat(line).isEqualTo("0.0625"),
                        line -> assertThat(line).isEqualTo("1"),
                        line -> assertThat(line).isEqualTo("true"));
    }

    @Test
    void allMethodsAreListedWithWhatTheyAreFor() {
        Page page = open();
        page.locator("#first .more").click();
        assertThat(page.locator(".method-row").count()).isEqualTo(SearchMethod.values().length);
        page.locator(".method-row", new Page.LocatorOptions().setHasText("Particle filter"))
                .click();
        assertThat(page.locator("#first input[value=particle]").isChecked()).isTrue();
        assertThat(page.locator("#hint").textContent()).contains("16 partial solutions");
        solve(page, PROBLEM, "particle");
        assertThat(page.locator(".answer").textContent()).isEqualTo("79");
    }

    @Test
    void aServerThatGoesAwayIsSaidAndLookedFor() throws Exception {
        try (ServerProcess leaving = SERVED.serve("leaving")) {
            Page page = SERVED.chromium().open(leaving.url(), options -> {});
            page.locator("#problem").fill(PROBLEM);
            choose(page, "majority");
            // So many that they are still being written when the first is seen.
            page.locator("#first input[name=n]").fill(Integer.toString(MOST));
            page.locator(".limits summary").click();
            page.locator("input[name=temperature]").fill("2");
            page.locator("#solve").click();
            page.locator(".card:not(.problem)").first().waitFor();
            leaving.close();
            page.locator(".pane.failed").waitFor();
            assertThat(page.locator(".pane-status").textContent()).contains("server");
            page.locator("#solve").waitFor();
            assertThat(page.locator(".card.writing").count())
                    .as("what was never written")
                    .isZero();
            page.locator("#solve").click();
            awaitTrue(page, "document.querySelector('.pane-status').textContent.includes('cannot be reached')");
        }
        assertThat(SERVED.chromium().complaints()).isNotEmpty().allMatch(line -> line.contains("net::ERR"));
        SERVED.chromium().forgetComplaints();
    }

    @Test
    void otherModelsAreLoadedAndThoseBeforeAgain() {
        Page page = open();
        page.locator("#models-change").click();
        page.locator("#models-policy option[value=arith-large]")
                .waitFor(new Locator.WaitForOptions().setState(WaitForSelectorState.ATTACHED));
        page.locator("#models-policy").selectOption("arith-large");
        page.locator("#models-prm").selectOption("self");
        assertThat(page.locator("#models-about").textContent()).contains("arith-large");
        page.locator("#models-load").click();
        awaitTrue(page, "document.getElementById('models-state').textContent.includes('cannot judge itself')");
        assertThat(page.locator("#models-state").textContent()).endsWith("The models before are there again.");
        page.locator("#models-prm").selectOption("arith-prm");
        page.locator("#models-load").click();
        awaitTrue(page, "document.getElementById('models').textContent === 'arith-large, judged by arith-prm'");
        assertThat(page.locator("#models-dialog").isVisible()).isFalse();
        solve(page, PROBLEM, "greedy");
        assertThat(page.locator(".answer").textContent()).isEqualTo("79");
        page.locator("#models-change").click();
        awaitTrue(page, "document.getElementById('models-policy').value === 'arith-large'");
        page.locator("#models-policy").selectOption("arith-small");
        page.locator("#models-prm").selectOption("");
        page.locator("#models-load").click();
        awaitTrue(page, "document.getElementById('models').textContent === 'arith-small, judged by arith-prm'");
    }

    /** What axe-core finds, once nothing moves any more, that keeps people from the page or makes it hard for them. */
    private static List<?> barriers(Page page) throws IOException {
        try (InputStream script = Objects.requireNonNull(Page.class.getResourceAsStream("/axe.min.js"))) {
            page.evaluate(new String(script.readAllBytes(), StandardCharsets.UTF_8));
        }
        return (List<?>) page.evaluate("""
                async () => {
                  const ends = (motion) => motion.effect.getComputedTiming().iterations !== Infinity;
                  await Promise.allSettled(document.getAnimations().filter(ends).map((motion) => motion.finished));
                  return (await axe.run(document, { resultTypes: ["violations"] })).violations
                    .filter(({ impact }) => impact === "serious" || impact === "critical")
                    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html, any }) => `${html} ${any[0]?.message ?? ""}`).join("; ")}`);
                }""");
    }

    @ParameterizedTest
    @CsvSource({"LIGHT, 1400", "DARK, 1400", "LIGHT, 360", "DARK, 360"})
    void nothingKeepsPeopleOut(ColorScheme scheme, int width) throws Exception {
        Page page = SERVED.open(options -> options.setColorScheme(scheme).setViewportSize(width, 800));
        assertThat(barriers(page)).as("before a search").isEmpty();
        page.locator("#compare").check();
        page.locator("#second input[value=greedy]").check();
        page.locator(".limits summary").click();
        page.locator("input[name=temperature]").fill("1.5");
        solve(page, PROBLEM, "beam");
        page.locator("#verdict").waitFor();
        assertThat(barriers(page)).as("after a search").isEmpty();
        assertThat(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))
                .isEqualTo(0);
        if (!page.locator("#rail").isVisible()) {
            page.locator("#rail-toggle").click();
        }
        page.locator(".past").first().waitFor();
        assertThat(barriers(page)).as("with past runs").isEmpty();
        if (width < 1100) {
            page.locator("#rail-close").click();
        }
        page.locator("#first .more").click();
        assertThat(barriers(page)).as("with all methods").isEmpty();
    }
}
