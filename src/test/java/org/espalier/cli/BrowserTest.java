package org.espalier.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BrowserTest {
    private static final String URL = "http://127.0.0.1:4711/";

    @TempDir
    Path folder;

    /** What is told to the user when a script of this text is to open the page. */
    private String told(String script) throws Exception {
        Path command = Files.writeString(folder.resolve("opener"), "#!/bin/sh\n" + script + "\n");
        assertThat(command.toFile().setExecutable(true)).isTrue();
        return toldBy(command.toString());
    }

    private static String toldBy(String command) throws Exception {
        PrintStream err = System.err;
        ByteArrayOutputStream caught = new ByteArrayOutputStream();
        System.setErr(new PrintStream(caught, true, StandardCharsets.UTF_8));
        try {
            Browser.open(command, URL).get();
        } finally {
            System.setErr(err);
        }
        return caught.toString(StandardCharsets.UTF_8).strip();
    }

    @Test
    void theCommandIsGivenThePage() throws Exception {
        Path page = folder.resolve("page");
        assertThat(told("echo noise; echo noise >&2; echo \"$@\" >'" + page + "'"))
                .isEmpty();
        assertThat(page).hasContent(URL);
    }

    @Test
    void whereNoneOpensTheUserIsToldWhereToGo() throws Exception {
        String advice = "espalier: no browser could be opened: go to " + URL;
        assertThat(told("exit 3")).isEqualTo(advice);
        assertThat(toldBy(folder.resolve("none").toString())).isEqualTo(advice);
    }
}
