package org.espalier.cli;

/**
 * Messages of several lines: a line that ends in a backslash goes on, and what begins with three quotation marks goes on
 * until there are three again.
 */
final class ChatText {
    private static final String QUOTES = "\"\"\"";

    private ChatText() {}

    /** Whether a message needs another line. */
    static boolean isOpen(String typed) {
        String text = typed.strip();
        if (text.startsWith(QUOTES)) {
            return text.length() < 2 * QUOTES.length() || !text.endsWith(QUOTES);
        }
        return typed.endsWith("\\");
    }

    /** What was meant by a whole message. */
    static String of(String typed) {
        String text = typed.strip();
        if (text.startsWith(QUOTES)) {
            text = text.substring(QUOTES.length());
            return (text.endsWith(QUOTES) ? text.substring(0, text.length() - QUOTES.length()) : text).strip();
        }
        return text.replace("\\\n", "\n").replaceFirst("\\\\$", "").strip();
    }
}
