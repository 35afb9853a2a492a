package org.espalier.model;

/** The beginnings of texts that are too long to be shown whole. Lengths are in characters, of which none is cut apart. */
@Internal
public final class Excerpt {
    /** What stands for the rest. */
    public static final String MORE = "…";

    private Excerpt() {}

    /** The text if it is no longer than that; else so much of it, and an ellipsis behind it. */
    public static String of(String text, int most) {
        return isWithin(text, most) ? text : text.substring(0, text.offsetByCodePoints(0, most)) + MORE;
    }

    /** The same where there is room for so much alone: the ellipsis is in the place of the last character. */
    public static String within(String text, int room) {
        return isWithin(text, room) ? text : of(text, room - 1);
    }

    /** The beginning of a text whose rest there is no room for. */
    public static String begun(String beginning) {
        return beginning.stripTrailing() + MORE;
    }

    private static boolean isWithin(String text, int most) {
        return text.length() <= most || text.codePointCount(0, text.length()) <= most;
    }
}
