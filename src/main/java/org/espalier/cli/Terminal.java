package org.espalier.cli;

import java.io.PrintStream;
import java.util.Locale;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import picocli.CommandLine.Help.Ansi;

/**
 * A stream that may be a terminal, where colours and redrawing are wanted. The launcher tells which are, in the property
 * {@code espalier.terminal}, because Java knows only whether both standard input and output are one. What is printed is
 * {@linkplain Quoting quoted}, but for the colours.
 */
final class Terminal {
    private static final String STREAMS = System.getProperty("espalier.terminal", "");
    private static final String ERASE_BELOW = "\r\u001b[J";
    private static final boolean DUMB = "dumb".equals(System.getenv("TERM"));
    private static final boolean NO_COLOUR =
            !String.valueOf(System.getenv().getOrDefault("NO_COLOR", "")).isEmpty();

    private final boolean isTerminal;
    private final boolean redraws;
    private final boolean coloured;
    private final PrintStream out;

    /**
     * @param isTerminal whether a person looks at it
     * @param dumb whether it can only add lines
     * @param colourless whether its user wants no colours
     * @param out where it goes; what it quotes itself is passed by
     */
    Terminal(boolean isTerminal, boolean dumb, boolean colourless, PrintStream out) {
        this.isTerminal = isTerminal;
        redraws = isTerminal && !dumb;
        coloured = redraws && !colourless;
        this.out = QuotingStream.raw(out);
    }

    /** Standard output. */
    static Terminal output() {
        return new Terminal(STREAMS.contains("out"), DUMB, NO_COLOUR, System.out);
    }

    /** Standard error. */
    static Terminal error() {
        return new Terminal(STREAMS.contains("err"), DUMB, NO_COLOUR, System.err);
    }

    /** Whether standard input is a terminal, where somebody can answer. */
    static boolean isInput() {
        return STREAMS.contains("in");
    }

    /** Whether standard input is known to come from a file or another program. */
    static boolean isPiped() {
        return System.getProperty("espalier.terminal") != null && !isInput();
    }

    /** Whether a person looks at it. */
    boolean isTerminal() {
        return isTerminal;
    }

    /** Whether a person looks at it, and what was written can be written over. */
    boolean redraws() {
        return redraws;
    }

    /** Its width in characters; 80 of what is no terminal. */
    int columns() {
        return redraws ? Columns.of() : Columns.USUAL;
    }

    /** Whether markup becomes colours. */
    Ansi ansi() {
        return coloured ? Ansi.ON : Ansi.OFF;
    }

    /**
     * A line with markup such as {@code @|bold text|@}, in colours on a terminal and as plain text elsewhere.
     *
     * @param format the only part that is markup: what a model wrote may hold anything
     */
    void println(String format, Object... arguments) {
        out.println(format(format, arguments));
    }

    /** As {@link #println}, without the line's end. */
    void print(String format, Object... arguments) {
        out.print(format(format, arguments));
    }

    /** Prints a line that is a warning. */
    void warn(String message) {
        println("@|yellow %s|@", "espalier: " + message);
    }

    /**
     * Draws two lines and goes back to where it began, so that whatever comes next is written over them.
     *
     * @param first shorter than the terminal is wide, as is the second
     */
    void redraw(String first, String second) {
        out.print(ERASE_BELOW + format("@|yellow %s|@", first) + "\n" + format("@|faint %s|@", second) + "\r\u001b[1A");
        out.flush();
    }

    /** Takes away what stands from here on. */
    void eraseBelow() {
        out.print(ERASE_BELOW);
        out.flush();
    }

    private String format(String format, Object... arguments) {
        Object[] quoted = new Object[arguments.length];
        for (int i = 0; i < arguments.length; i++) {
            quoted[i] = arguments[i] instanceof String text ? Quoting.text(text) : arguments[i];
        }
        return String.format(Locale.ROOT, ansi().string(format), quoted);
    }

    /** A bar that is drawn here. */
    ProgressBarBuilder progressBar(String task) {
        return new ProgressBarBuilder()
                .setTaskName(Quoting.line(task))
                .setStyle(coloured ? ProgressBarStyle.COLORFUL_UNICODE_BLOCK : ProgressBarStyle.UNICODE_BLOCK)
                .setConsumer(new ConsoleProgressBarConsumer(out));
    }
}
