package org.espalier.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import org.espalier.catalog.ProgramRun;

/** The user's browser. */
final class Browser {
    /** A folder that is everywhere, and nobody's own. */
    private static final Path ANYWHERE = Path.of("/");

    private Browser() {}

    /** Opens a page, or says that the user has to. Does not wait for the browser. */
    static void open(String url) {
        boolean mac = System.getProperty("os.name", "").toLowerCase(Locale.ROOT).startsWith("mac");
        CompletableFuture<Void> unused = open(mac ? "open" : "xdg-open", url);
    }

    /** @return completed when the command that opens pages has ended and its failure been told */
    static CompletableFuture<Void> open(String command, String url) {
        try {
            Process started = ProgramRun.apart(ANYWHERE, List.of(command, url))
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return started.onExit().thenAccept(process -> {
                if (process.exitValue() != 0) {
                    advise(url);
                }
            });
        } catch (IOException e) {
            advise(url);
            return CompletableFuture.completedFuture(null);
        }
    }

    private static void advise(String url) {
        System.err.println("espalier: no browser could be opened: go to " + url);
    }
}
