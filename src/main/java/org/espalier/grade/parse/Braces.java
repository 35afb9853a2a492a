package org.espalier.grade.parse;

/** Matching of LaTeX braces. */
public final class Braces {

    private static final int MAX_LENGTH = 4000;

    private Braces() {}

    /**
     * The index of the brace that closes the one at {@code open}, escaped braces not counted; -1 if there is no opening
     * brace at {@code open} or it is not closed within a few thousand characters.
     */
    public static int closing(String text, int open) {
        if (open >= text.length() || text.charAt(open) != '{') {
            return -1;
        }
        int depth = 0;
        for (int i = open; i < Math.min(text.length(), open + MAX_LENGTH); i++) {
            switch (text.charAt(i)) {
                case '\\' -> i++;
                case '{' -> depth++;
                case '}' -> {
                    depth--;
                    if (depth == 0) {
                        return i;
                    }
                }
                default -> {}
            }
        }
        return -1;
    }
}
