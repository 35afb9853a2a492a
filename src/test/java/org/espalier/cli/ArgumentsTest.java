package org.espalier.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.espalier.model.UsageException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ArgumentsTest {
    @TempDir
    private Path folder;

    private String[] exact(Charset charset, byte[]... typed) throws IOException {
        Path commandLine = folder.resolve("cmdline");
        Files.write(commandLine, "java\0-jar\0x.jar\0".getBytes(US_ASCII));
        String[] read = new String[typed.length];
        for (int i = 0; i < typed.length; i++) {
            read[i] = new String(typed[i], charset);
            Files.write(commandLine, typed[i], StandardOpenOption.APPEND);
            Files.write(commandLine, new byte[1], StandardOpenOption.APPEND);
        }
        return Arguments.exact(read, charset, commandLine);
    }

    @Test
    void bytesAreReadAsUtf8WhateverTheLocale() throws IOException {
        for (Charset charset : new Charset[] {US_ASCII, ISO_8859_1, UTF_8}) {
            assertThat(exact(
                            charset,
                            "solve".getBytes(UTF_8),
                            "\u00bd \u00d7 12 \ud83d\ude00".getBytes(UTF_8),
                            new byte[0]))
                    .containsExactly("solve", "\u00bd \u00d7 12 \ud83d\ude00", "");
        }
    }

    @Test
    void otherTextIsRefused() {
        for (Charset charset : new Charset[] {US_ASCII, ISO_8859_1, UTF_8}) {
            assertThatThrownBy(() -> exact(charset, "solve".getBytes(UTF_8), "\u00bd".getBytes(ISO_8859_1)))
                    .isInstanceOf(UsageException.class)
                    .hasMessage("argument 2 is not UTF-8 text");
        }
    }

    @Test
    void whereNothingKeepsTheBytesItSaysWhatToDo() {
        Path none = folder.resolve("none");
        String[] read = {"solve", "\ufffd\ufffd"};
        assertThatThrownBy(() -> Arguments.exact(read, US_ASCII, none))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("US-ASCII")
                .hasMessageContaining("set LC_ALL=C.UTF-8");
        assertThat(Arguments.exact(new String[] {"solve"}, US_ASCII, none)).containsExactly("solve");
    }

    @Test
    void aCommandLineOfAnotherProcessIsNotBelieved() throws IOException {
        Path other = Files.write(folder.resolve("other"), "java\0solve\0xy\0".getBytes(US_ASCII));
        assertThatThrownBy(() -> Arguments.exact(new String[] {"solve", "\ufffd\ufffd"}, US_ASCII, other))
                .isInstanceOf(UsageException.class);
    }
}
