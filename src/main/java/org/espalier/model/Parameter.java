package org.espalier.model;

import org.jspecify.annotations.Nullable;

/**
 * A parameter that a message names. Each surface spells it in its own way: {@code --beam-width} on the command line,
 * {@code espalier.beamWidth} in a request.
 *
 * @param name in camel case, such as {@code beamWidth}
 * @param value that the message proposes for it; null if it proposes none
 */
public record Parameter(String name, @Nullable Object value) {
    /** A parameter by its name alone. */
    public static Parameter of(String name) {
        return new Parameter(name, null);
    }

    /** The same with a proposed value. */
    public Parameter with(Object proposed) {
        return new Parameter(name, proposed);
    }
}
