package org.espalier.eval;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;
import org.espalier.search.Selection;

/** By what a problem counts as solved: the answer of a selection among n completions is correct, or any of them is. */
public enum Criterion {
    NAIVE,
    WEIGHTED,
    MAJORITY,
    /** One of the n completions is correct, whether it is chosen or not: pass@n. */
    PASS;

    static Criterion of(Selection selection) {
        return switch (selection) {
            case NAIVE -> NAIVE;
            case WEIGHTED -> WEIGHTED;
            case MAJORITY -> MAJORITY;
        };
    }

    /** @throws IllegalArgumentException if there is none of this name */
    @JsonCreator
    static Criterion parse(String name) {
        return valueOf(name.toUpperCase(Locale.ROOT));
    }

    /** As records, reports and their readers spell it. */
    @Override
    @JsonValue
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
