package org.espalier.eval;

import java.util.Comparator;

/** Levels of difficulty. */
final class Levels {
    /** Numbers by their value, and before them nothing. */
    static final Comparator<String> ORDER =
            Comparator.comparingInt(String::length).thenComparing(Comparator.naturalOrder());

    private Levels() {}
}
