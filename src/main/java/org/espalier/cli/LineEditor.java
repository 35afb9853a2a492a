package org.espalier.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import org.espalier.model.EspalierException;
import org.jline.keymap.KeyMap;
import org.jline.reader.Candidate;
import org.jline.reader.CompletingParsedLine;
import org.jline.reader.EOFError;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.Macro;
import org.jline.reader.ParsedLine;
import org.jline.reader.Parser;
import org.jline.reader.UserInterruptException;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.jspecify.annotations.Nullable;

/** Messages typed on a terminal, with the keys that shells have, a history, and completion of commands. */
final class LineEditor implements ChatInput {
    private static final String PROMPT = "> ";
    private static final String MORE = ". ";

    private final Terminal terminal;
    private final LineReader reader;

    /**
     * An editor on the system's terminal.
     *
     * @param commands that completion offers
     * @param history file of what was typed before; null to remember nothing
     */
    static LineEditor open(Collection<String> commands, @Nullable Path history) {
        try {
            return new LineEditor(
                    TerminalBuilder.builder().system(true).dumb(true).build(), commands, history);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    LineEditor(Terminal terminal, Collection<String> commands, @Nullable Path history) {
        this.terminal = terminal;
        LineReaderBuilder builder = LineReaderBuilder.builder()
                .terminal(terminal)
                .appName("espalier")
                .parser(new Lines())
                .completer((unused, line, candidates) -> {
                    if (line.line().startsWith("/")) {
                        commands.forEach(command -> candidates.add(new Candidate(command)));
                    }
                })
                .variable(LineReader.SECONDARY_PROMPT_PATTERN, MORE)
                .option(LineReader.Option.DISABLE_EVENT_EXPANSION, true)
                .option(LineReader.Option.HISTORY_IGNORE_SPACE, true);
        if (history != null) {
            builder.variable(LineReader.HISTORY_FILE, history);
        }
        reader = builder.build();
        // Alt-Enter begins a new line of the same message.
        Objects.requireNonNull(reader.getKeyMaps().get(LineReader.MAIN))
                .bind(new Macro(KeyMap.ctrl('V') + KeyMap.ctrl('J')), KeyMap.alt('\r'));
    }

    @Override
    public @Nullable String next() {
        while (true) {
            try {
                return ChatText.of(reader.readLine(PROMPT));
            } catch (UserInterruptException e) {
                if (e.getPartialLine().isEmpty()) {
                    terminal.writer().println("Ctrl-D or /quit ends the conversation");
                    terminal.flush();
                }
            } catch (EndOfFileException e) {
                return null;
            } catch (java.io.IOError e) {
                throw new EspalierException("the terminal cannot be read: " + e.getMessage(), e);
            }
        }
    }

    @Override
    public void close() {
        try {
            reader.getHistory().save();
            terminal.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A whole message is one word. */
    private static final class Lines implements Parser {
        @Override
        public ParsedLine parse(String line, int cursor, ParseContext context) {
            if (context == ParseContext.ACCEPT_LINE && ChatText.isOpen(line)) {
                throw new EOFError(-1, cursor, "more lines");
            }
            return new Message(line, cursor);
        }

        @Override
        public boolean isEscapeChar(char character) {
            return false;
        }
    }

    private record Message(String line, int cursor) implements CompletingParsedLine {
        @Override
        public String word() {
            return line;
        }

        @Override
        public int wordCursor() {
            return cursor;
        }

        @Override
        public int wordIndex() {
            return 0;
        }

        @Override
        public CharSequence escape(CharSequence candidate, boolean complete) {
            return candidate;
        }

        @Override
        public int rawWordCursor() {
            return cursor;
        }

        @Override
        public int rawWordLength() {
            return line.length();
        }

        @Override
        public List<String> words() {
            return List.of(line);
        }
    }
}
