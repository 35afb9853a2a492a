package org.espalier.grade.parse;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A text that is read from left to right. */
final class CharCursor {

    private final String text;
    private int position;

    CharCursor(String text) {
        this.text = text;
    }

    String text() {
        return text;
    }

    int position() {
        return position;
    }

    void moveTo(int position) {
        this.position = position;
    }

    boolean isAtEnd() {
        return position >= text.length();
    }

    /** The next character, which there must be. */
    char peek() {
        return text.charAt(position);
    }

    /** Passes the next character, which there must be. */
    char next() {
        return text.charAt(position++);
    }

    boolean isDigit(int index) {
        return index < text.length() && text.charAt(index) >= '0' && text.charAt(index) <= '9';
    }

    static boolean isLetter(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    }

    /** Passes the letters that are next, and returns them. */
    String letters() {
        int start = position;
        while (!isAtEnd() && isLetter(peek())) {
            position++;
        }
        return text.substring(start, position);
    }

    void skipSpace() {
        while (!isAtEnd() && Character.isWhitespace(peek())) {
            position++;
        }
    }

    /** Passes this character if it is the next; returns whether it was. */
    boolean skip(char c) {
        boolean isNext = !isAtEnd() && peek() == c;
        position += isNext ? 1 : 0;
        return isNext;
    }

    /** A matcher of what is next. */
    Matcher matcher(Pattern pattern) {
        return pattern.matcher(text).region(position, text.length());
    }

    /** Passes what matches, if that is next; it may look at what is before. Returns whether it was. */
    boolean skip(Pattern pattern) {
        Matcher matcher = matcher(pattern).useTransparentBounds(true);
        boolean isNext = matcher.lookingAt();
        if (isNext) {
            position = matcher.end();
        }
        return isNext;
    }

    /**
     * Passes the brace group that is next, or a single character if there is no brace, and returns what is in it.
     *
     * @throws ParseException if nothing is next
     */
    String braced() {
        skipSpace();
        if (isAtEnd()) {
            throw new ParseException("missing argument");
        }
        int end = Braces.closing(text, position);
        String content = end < 0 ? text.substring(position, position + 1) : text.substring(position + 1, end);
        position = end < 0 ? position + 1 : end + 1;
        return content;
    }
}
