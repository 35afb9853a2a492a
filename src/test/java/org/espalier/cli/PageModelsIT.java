package org.espalier.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.espalier.cli.Chromium.awaitTrue;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import java.nio.file.Path;
import org.espalier.harness.Waiting;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The page of a server that serves several models, in a real Chromium. */
@Timeout(180)
class PageModelsIT {
    private static final String PROBLEM = "Start with 12, then multiply by 7, then subtract 5. What is the result?";

    @TempDir
    private static Path folder;

    @RegisterExtension
    private static final ServedPage SERVED =
            new ServedPage(() -> folder, "--models", "arith-large", "--memory", "3g", "--seed", "42");

    private static Page open() {
        Page page = SERVED.open();
        page.locator("#first select[name=model]").waitFor();
        return page;
    }

    private static void solve(Page page, String first) {
        solve(page, first, "greedy");
    }

    private static void solve(Page page, String first, String method) {
        page.locator("#problem").fill(PROBLEM);
        page.locator("#first input[value=" + method + "]").check();
        if (!method.equals("greedy")) {
            page.locator("#first input[name=n]").fill("4");
        }
        page.locator("#first select[name=model]").selectOption(first);
        page.locator("#solve").click();
        awaitTrue(
                page,
                "document.querySelector('.pane') !== null && document.querySelector('.hand-over[hidden]') === null");
    }

    @Test
    void aModelIsChosenForAQuestionAndSaysThatItAnswered() {
        Page page = open();
        assertThat(page.locator("#models").textContent()).isEqualTo("2 models to choose from");
        assertThat(page.locator("#models-change").isVisible()).isFalse();
        assertThat(page.locator("#first select[name=model] option").allTextContents())
                .containsExactly("arith-small", "arith-large");
        solve(page, "arith-large");
        assertThat(page.locator(".answer").textContent()).isEqualTo("79");
        assertThat(page.locator(".pane-title").textContent()).isEqualTo("Greedy · arith-large");
        assertThat(page.locator(".writers").textContent()).isEqualTo("By arith-large");
        Waiting.until(
                "the page knows that it is loaded",
                () -> page.locator("#hint").textContent().endsWith("By arith-large, judged by arith-prm."));

        page.reload();
        page.locator(".answer").waitFor();
        Waiting.until(
                "the choice is kept",
                () -> page.locator("#first select[name=model]").inputValue().equals("arith-large"));
        assertThat(page.locator(".writers").textContent()).isEqualTo("By arith-large");
        if (!page.locator("#rail").isVisible()) {
            page.locator("#rail-toggle").click();
        }
        Locator run = page.locator(".past .run").first();
        assertThat(run.textContent()).contains("Greedy · arith-large");
        run.click();
        Waiting.until("it is shown", () -> "true".equals(run.getAttribute("aria-current")));
        assertThat(page.locator(".pane-title").textContent()).isEqualTo("Greedy · arith-large");
    }

    @Test
    void twoModelsAreComparedOnOneQuestion() {
        Page page = open();
        page.locator("#compare").check();
        page.locator("#second input[value=greedy]").check();
        page.locator("#second select[name=model]").selectOption("arith-large");
        solve(page, "arith-small", "best-of-n");
        assertThat(page.locator(".pane-title").allTextContents())
                .containsExactly("Best of N, n = 4 · arith-small", "Greedy · arith-large");
        assertThat(page.locator(".writers").allTextContents())
                .containsExactly("By arith-small, judged by arith-prm", "By arith-large");
        page.locator("#verdict").waitFor();
        assertThat(page.locator("#verdict-text").textContent()).contains("Greedy · arith-");
    }
}
