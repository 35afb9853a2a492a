package org.espalier.catalog;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.Locale;
import org.espalier.model.Reason;

/** The words that messages of this package have in common. */
final class Problems {
    private static final String[] UNITS = {"B", "kB", "MB", "GB", "TB"};

    private static final int REASON_CHARACTERS = 200;

    private Problems() {}

    /** What an input or output error means, without the path that many of them repeat. */
    static String reason(IOException e) {
        return e instanceof NoSuchFileException ? "no such file" : Reason.of(e);
    }

    /** What a program gave as its reason, cut where it gets long. */
    static String shortened(String reason) {
        return reason.length() <= REASON_CHARACTERS ? reason : reason.substring(0, REASON_CHARACTERS) + "…";
    }

    /** Such as "98.4 MB"; decimal units, as disks and downloads are counted. */
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
