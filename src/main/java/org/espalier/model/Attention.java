package org.espalier.model;

import java.util.Locale;
import java.util.Map;

/** How attention over a cache that many sequences share is computed, on a CPU. */
public enum Attention {
    /** Cells that several branches see are read once for all of them; llama.cpp's own where it cannot be. */
    TREE,
    /** As llama.cpp does it. */
    STOCK;

    /** Environment variable: which one runs where nothing else says it. */
    public static final String VARIABLE = "ESPALIER_ATTENTION";

    /**
     * What {@value #VARIABLE} says; {@link #TREE} where it says nothing.
     *
     * @throws UsageException if it says what there is not
     */
    public static Attention preferred() {
        return preferred(System.getenv());
    }

    static Attention preferred(Map<String, String> environment) {
        String wanted = environment.getOrDefault(VARIABLE, "");
        if (wanted.isEmpty()) {
            return TREE;
        }
        for (Attention attention : values()) {
            if (attention.name().equalsIgnoreCase(wanted)) {
                return attention;
            }
        }
        throw new UsageException(VARIABLE + " must be tree or stock, not " + wanted);
    }

    /** In lower case. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
