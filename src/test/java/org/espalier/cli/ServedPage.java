package org.espalier.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser.NewContextOptions;
import com.microsoft.playwright.Page;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * One server and one Chromium for all tests of a class. After each test its pages are closed, and none of them may have written to
 * its console: a blocked style or script, a missing file, an exception.
 */
final class ServedPage implements BeforeAllCallback, AfterEachCallback, AfterAllCallback {
    private final Supplier<Path> folder;
    private final List<String> options;

    private @Nullable Chromium chromium;
    private @Nullable ServerProcess server;

    /** @param folder for what the servers write, so that nothing is put among the runs of whoever tests */
    ServedPage(Supplier<Path> folder, String... options) {
        this.folder = folder;
        this.options = List.of(options);
    }

    @Override
    public void beforeAll(ExtensionContext context) throws IOException {
        chromium = Chromium.start();
        server = serve("served");
    }

    /** Starts another server with the same options. */
    ServerProcess serve(String name) throws IOException {
        Stream<String> history =
                Stream.of("--history", folder.get().resolve("history-" + name).toString());
        return ServerProcess.start(
                folder.get().resolve(name),
                Stream.concat(options.stream(), history).toArray(String[]::new));
    }

    @Override
    public void afterEach(ExtensionContext context) {
        List<String> complaints = chromium().complaints();
        chromium().closePages();
        assertThat(complaints).isEmpty();
    }

    @Override
    public void afterAll(ExtensionContext context) {
        if (server != null) {
            server.close();
        }
        if (chromium != null) {
            chromium.close();
        }
    }

    Chromium chromium() {
        return Objects.requireNonNull(chromium);
    }

    String url() {
        return Objects.requireNonNull(server).url();
    }

    /** Opens the page as someone who has never been there. */
    Page open() {
        return open(options -> {});
    }

    /** The same in a browser of one's choice. */
    Page open(Consumer<NewContextOptions> chosen) {
        return chromium().open(url(), chosen);
    }
}
