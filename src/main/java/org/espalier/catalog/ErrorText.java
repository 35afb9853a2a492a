package org.espalier.catalog;

import java.util.Locale;
import org.espalier.model.Excerpt;

/** Formats what several messages of this package state. */
final class ErrorText {
    private static final String[] UNITS = {"B", "kB", "MB", "GB", "TB"};

    private static final int REASON_CHARACTERS = 200;

    private ErrorText() {}

    /** Returns the reason that a program gave, cut where it gets long. */
    static String shortened(String reason) {
        return Excerpt.of(reason, REASON_CHARACTERS);
    }

    /** Returns a size such as "98.4 MB"; decimal units, as disks and downloads are counted. */
    static String size(long bytes) {
        double amount = bytes;
        int unit = 0;
        while (amount >= 999.95 && unit < UNITS.length - 1) {
            amount /= 1000;
            unit++;
        }
        return String.format(Locale.ROOT, unit == 0 ? "%.0f %s" : "%.1f %s", amount, UNITS[unit]);
    }
}
