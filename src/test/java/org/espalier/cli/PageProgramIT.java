package org.espalier.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.espalier.cli.Chromium.awaitTrue;

import com.microsoft.playwright.Page;
import java.nio.file.Path;
import org.espalier.harness.SandboxHere;
import org.espalier.harness.Waiting;
import org.espalier.server.EspalierServer;
import org.espalier.server.WritingBackend;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Asks for programs on the page, in a real Chromium; a scripted policy writes them. */
@Timeout(180)
class PageProgramIT {
    private static final String PYTHON = "```python\ndef add(a, b):\n    # the sum\n    return a %s b\n```";
    private static final String JAVA =
            "```java\nclass Solution {\n    public static int add(int a, int b) {\n        return a %s b;\n    }\n}\n```";

    @TempDir
    private Path folder;

    private static Chromium chromium;

    private final WritingBackend backend = new WritingBackend();
    private EspalierServer server;

    @BeforeAll
    static void open() {
        SandboxHere.required();
        chromium = Chromium.start();
    }

    @AfterAll
    static void shut() {
        if (chromium != null) {
            chromium.close();
        }
    }

    @BeforeEach
    void start() {
        server = EspalierServer.bind("127.0.0.1", 0);
        server.start(backend, WritingBackend.SETTINGS, folder, null);
    }

    @AfterEach
    void stop() {
        server.close();
        backend.close();
        assertThat(chromium.complaints()).isEmpty();
        chromium.closePages();
    }

    @ParameterizedTest
    @ValueSource(strings = {"python", "java"})
    void aProgramIsShownWithWhatSpeaksForIt(String language) {
        String tests = "assert add(1, 2) == 3\nassert add(2, 2) == 4\n";
        String program = language.equals("java") ? JAVA : PYTHON;
        backend.policy()
                .on("", program.formatted("-"), program.formatted("+"), program.formatted("*"), program.formatted("-"));
        Page page = chromium.open(server.url(), options -> {});
        page.locator("#problem").fill("Write a function add(a, b) that returns the sum of two numbers.");
        page.locator("#first input[value=best-of-n]").check();
        page.locator("#program").check();
        assertThat(page.locator("#first input[value=auto]").isChecked()).isTrue();
        assertThat(page.locator("#first input[value=best-of-n]").isDisabled()).isTrue();
        assertThat(page.locator("#first input[name=n]").inputValue()).isEqualTo("16");
        page.locator("#program-fields select").selectOption(language);
        page.locator("#program-fields textarea").fill(language.equals("java") ? tests.replace("\n", ";\n") : tests);
        page.locator("#solve").click();
        awaitTrue(page, "document.querySelector('.pane') !== null && !document.querySelector('.outcome').hidden");

        assertThat(page.locator(".answer").textContent()).isEqualTo("Passes 2 of 2 tests");
        assertThat(page.locator(".agreement").textContent()).isEqualTo("chosen: it passes all given tests");
        assertThat(page.locator(".reply pre code").textContent()).contains("return a + b");
        assertThat(page.locator(".reply .hljs-keyword").allTextContents()).contains("return");
        assertThat(page.locator(".program-tests .passed code").allTextContents())
                .hasSize(2)
                .allSatisfy(test -> assertThat(test).startsWith("assert add("));
        assertThat(page.locator(".program-groups .vote-count").first().textContent())
                .isEqualTo("2 of 2 tests");
        assertThat(page.locator(".program-runs").textContent())
                .startsWith("4 drawn, 3 different, 3 runs in bubblewrap");
        assertThat(page.locator(".pane-status").textContent()).contains("4 run").contains("1 passed");
        assertThat(page.locator(".cards").textContent()).contains("passes 2 of 2 tests");
        String picture = System.getProperty("espalier.page.pictures");
        if (picture != null) {
            page.screenshot(new Page.ScreenshotOptions()
                    .setPath(Path.of(picture, language + ".png"))
                    .setFullPage(true));
        }

        page.reload();
        awaitTrue(page, "document.querySelector('.pane') !== null");
        assertThat(page.locator("#program").isChecked()).isTrue();
        assertThat(page.locator(".answer").textContent()).isEqualTo("Passes 2 of 2 tests");
        assertThat(page.locator(".program-tests .passed").count()).isEqualTo(2);
        page.locator("#rail-list .run").first().click();
        awaitTrue(page, "document.querySelectorAll('.program-tests .passed').length === 2");
    }

    @Test
    void anOrdinaryProblemIsShownAsEver() {
        backend.policy().on("", "It is two.\n\n```python\nprint(2)\n```", "It is three.");
        Page page = chromium.open(server.url(), options -> {});
        page.locator("#problem").fill("1 + 1?");
        page.locator("#first input[value=majority]").check();
        page.locator("#first input[name=n]").fill("2");
        page.locator("#solve").click();
        awaitTrue(page, "document.querySelector('.pane') !== null && !document.querySelector('.outcome').hidden");
        assertThat(page.locator(".reply").textContent()).contains("It is");
        assertThat(page.locator(".program-tests li").count()).isZero();
        assertThat(page.locator(".program-runs").textContent()).isEmpty();
    }

    @Test
    void whatIsWrongWithTestsIsSaid() {
        Page page = chromium.open(server.url(), options -> {});
        page.locator("#problem").fill("Write f.");
        page.locator("#program").check();
        page.locator("#program-fields textarea").fill("x = 1");
        page.locator("#solve").click();
        Waiting.until(
                "the refusal", () -> page.locator(".pane-status").textContent().contains("there is no test"));
        assertThat(chromium.complaints()).allMatch(line -> line.contains("400"));
        chromium.forgetComplaints();
    }
}
