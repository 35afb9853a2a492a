package org.espalier.cli;

import java.io.IOException;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.jline.terminal.TerminalBuilder.SystemOutput;
import org.jspecify.annotations.Nullable;

/** How wide the terminal is, at the moment. */
final class Columns {
    /** Of a terminal that does not say, and of what is none. */
    static final int USUAL = 80;

    private static @Nullable Terminal screen;

    private Columns() {}

    /** Asks the terminal that standard error or standard output is; the first call takes some milliseconds. */
    static synchronized int of() {
        try {
            if (screen == null) {
                screen = TerminalBuilder.builder()
                        .system(true)
                        .systemOutput(SystemOutput.SysErrOrSysOut)
                        .dumb(true)
                        .build();
            }
            int width = screen.getWidth();
            return width > 0 ? width : USUAL;
        } catch (IOException | RuntimeException e) {
            return USUAL;
        }
    }
}
