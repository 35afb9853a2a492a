package org.espalier.cli;

import java.util.Locale;
import picocli.CommandLine.Help.Ansi;

/**
 * Whether a stream is a terminal, where colours and redrawing are wanted. The launcher tells in the property {@code
 * espalier.terminal}, because Java knows only whether both standard input and output are one.
 *
 * @param isTerminal whether a person looks at it
 */
record Terminal(boolean isTerminal) {
    private static final String STREAMS = System.getProperty("espalier.terminal", "");
    private static final boolean NO_COLOUR = System.getenv("NO_COLOR") != null;

    /** Standard output. */
    static Terminal output() {
        return new Terminal(STREAMS.contains("out"));
    }

    /** Standard error. */
    static Terminal error() {
        return new Terminal(STREAMS.contains("err"));
    }

    /** Markup such as {@code @|bold text|@}, as colours on a terminal and as plain text elsewhere. */
    String format(String format, Object... arguments) {
        Ansi ansi = isTerminal && !NO_COLOUR ? Ansi.ON : Ansi.OFF;
        // Only the format is markup: what a model wrote may hold anything.
        return String.format(Locale.ROOT, ansi.string(format), arguments);
    }
}
