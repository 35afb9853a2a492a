package org.espalier.cli;

import java.util.Locale;

/** Measured numbers as tables show them. */
final class Numbers {
    private Numbers() {}

    /** A share of 0 to 1, with one decimal and no sign. */
    static String percent(double share) {
        return String.format(Locale.ROOT, "%.1f", 100 * share);
    }

    static String whole(double value) {
        return String.format(Locale.ROOT, "%,.0f", value);
    }

    static String seconds(double value) {
        return String.format(Locale.ROOT, "%.3f", value);
    }
}
