package org.espalier.picture;

import java.util.ArrayList;
import java.util.List;
import org.espalier.model.Excerpt;

/**
 * How much room text takes. Nobody knows which font the viewer will have, so widths are those of DejaVu Sans, the
 * widest of the usual ones: text never leaves its box and may leave some room in it.
 */
final class TextBox {
    static final String FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif";

    private static final double BOLD = 1.1;

    private TextBox() {}

    /** In pixels, at a font size in pixels. */
    static double width(String text, double size) {
        return size * text.codePoints().mapToDouble(TextBox::em).sum();
    }

    static double boldWidth(String text, double size) {
        return BOLD * width(text, size);
    }

    /** The text, shortened to end with an ellipsis if it is wider than it may be. */
    static String clip(String text, double size, double most) {
        return width(text, size) <= most ? text : Excerpt.begun(head(text, size, most - width(Excerpt.MORE, size)));
    }

    /** Lines no wider than they may be, broken at blanks where that is possible; at least one, the last one clipped. */
    static List<String> wrap(String text, double size, double most, int lines) {
        List<String> wrapped = new ArrayList<>();
        String rest = text.strip();
        while (wrapped.size() < lines - 1 && width(rest, size) > most) {
            String head = head(rest, size, most);
            int blank = rest.charAt(head.length()) == ' ' ? head.length() : head.lastIndexOf(' ');
            int end = blank > 0 ? blank : head.length();
            wrapped.add(rest.substring(0, end).stripTrailing());
            rest = rest.substring(end).stripLeading();
        }
        wrapped.add(clip(rest, size, most));
        return wrapped;
    }

    /** The longest beginning that fits; one character if none does. */
    private static String head(String text, double size, double most) {
        int end = 0;
        double width = 0;
        while (end < text.length()) {
            int point = text.codePointAt(end);
            width += size * em(point);
            if (width > most && end > 0) {
                break;
            }
            end += Character.charCount(point);
        }
        return text.substring(0, end);
    }

    private static double em(int point) {
        if (point >= 0x1100) {
            return point >= 0x2000 && point < 0x2E80 ? 0.9 : 1.05;
        }
        if ("ijl.,:;|!'` ()[]/I\\".indexOf(point) >= 0) {
            return 0.37;
        }
        if ("mwMW%@".indexOf(point) >= 0) {
            return 0.97;
        }
        if ("=+<>×÷~^#".indexOf(point) >= 0 || Character.isUpperCase(point)) {
            return 0.8;
        }
        if ("-rtf".indexOf(point) >= 0) {
            return 0.41;
        }
        return 0.63;
    }
}
