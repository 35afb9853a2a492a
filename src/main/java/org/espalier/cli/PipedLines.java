package org.espalier.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Messages from a file or another program. */
final class PipedLines implements ChatInput {
    private final BufferedReader in;

    PipedLines(InputStream in) {
        this.in = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
    }

    @Override
    public @Nullable String next() {
        try {
            String typed = in.readLine();
            while (typed != null && ChatText.isOpen(typed)) {
                String more = in.readLine();
                if (more == null) {
                    break;
                }
                typed += "\n" + more;
            }
            return typed == null ? null : ChatText.of(typed);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
