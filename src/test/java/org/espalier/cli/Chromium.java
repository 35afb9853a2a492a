package org.espalier.cli;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.Browser.NewContextOptions;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType.LaunchOptions;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.espalier.harness.Waiting;
import org.junit.jupiter.api.Assumptions;

/** The system's Chromium, driven by Playwright with the Node.js that the build needs anyway. */
final class Chromium implements AutoCloseable {
    private static final String REQUIRED = "ESPALIER_REQUIRE_BROWSER";

    private final Playwright playwright;
    private final Browser browser;
    private final List<String> complaints = new CopyOnWriteArrayList<>();
    private final List<BrowserContext> contexts = new ArrayList<>();

    private Chromium(Playwright playwright, Browser browser) {
        this.playwright = playwright;
        this.browser = browser;
    }

    /** The test is skipped where there is no Chromium, unless the environment says that there must be one. */
    static Chromium start() {
        Optional<Path> program = find("chromium", "chromium-browser", "google-chrome");
        Optional<Path> node = find("node", "nodejs");
        if (System.getenv(REQUIRED) == null) {
            Assumptions.assumeTrue(program.isPresent(), "skipped: there is no Chromium (apt-get install chromium)");
            Assumptions.assumeTrue(node.isPresent(), "skipped: there is no Node.js");
        }
        System.setProperty("playwright.nodejs.path", node.orElseThrow().toString());
        Playwright playwright = Playwright.create(
                new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
        Browser browser = playwright
                .chromium()
                .launch(new LaunchOptions()
                        .setExecutablePath(program.orElseThrow())
                        .setArgs(List.of(
                                "--headless",
                                "--no-sandbox",
                                "--disable-gpu",
                                "--disable-quic",
                                "--no-first-run",
                                "--disable-background-networking",
                                "--disable-component-update",
                                "--disable-sync")));
        return new Chromium(playwright, browser);
    }

    private static Optional<Path> find(String... names) {
        return Stream.of(names)
                .flatMap(name -> Stream.of(System.getenv("PATH").split(":")).map(folder -> Path.of(folder, name)))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /** Opens a page as someone who has never been there. */
    Page open(String url, Consumer<NewContextOptions> chosen) {
        NewContextOptions options = new NewContextOptions().setViewportSize(1300, 900);
        chosen.accept(options);
        BrowserContext context = browser.newContext(options);
        contexts.add(context);
        context.setDefaultTimeout(60_000);
        Page page = context.newPage();
        page.onConsoleMessage(message -> complaints.add(message.type() + ": " + message.text()));
        page.onPageError(error -> complaints.add("exception: " + error));
        page.navigate(url);
        return page;
    }

    /** Playwright's own wait would evaluate text in the page, which the page's policy forbids. */
    static void awaitTrue(Page page, String expression) {
        Waiting.until(expression, () -> Boolean.TRUE.equals(page.evaluate(expression)));
    }

    /** What pages have written to their consoles. */
    List<String> complaints() {
        return List.copyOf(complaints);
    }

    void forgetComplaints() {
        complaints.clear();
    }

    void closePages() {
        contexts.forEach(BrowserContext::close);
        contexts.clear();
        complaints.clear();
    }

    @Override
    public void close() {
        browser.close();
        playwright.close();
    }
}
