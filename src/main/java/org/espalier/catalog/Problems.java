package org.espalier.catalog;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.Locale;
import java.util.Objects;

/** The words that messages of this package have in common. */
final class Problems {
    private static final String[] UNITS = {"B", "kB", "MB", "GB", "TB"};

    private static final int REASON_CHARACTERS = 200;

    private Problems() {}

    /** What an input or output error means, without the path that many of them repeat. */
    static String reason(IOException e) {
        if (e instanceof NoSuchFileException) {
            return "no such file";
        }
        if (e instanceof AccessDeniedException) {
            return "permission denied";
        }
        String message = e instanceof FileSystemException file ? file.getReason() : e.getMessage();
        return Objects.requireNonNullElse(message, e.getClass().getSimpleName());
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
