package org.espalier.model;

import org.jspecify.annotations.Nullable;

/**
 * A rule that a parameter breaks.
 *
 * @param parameter its name in camel case, such as {@code beamWidth}
 * @param rule a sentence that says what is wrong and what to do
 */
public record Violation(String parameter, Wording rule) {
    /**
     * A violation.
     *
     * @param format of the sentence; its first argument is the parameter
     * @param others arguments after it
     */
    public static Violation of(String parameter, String format, @Nullable Object... others) {
        @Nullable Object[] arguments = new @Nullable Object[others.length + 1];
        arguments[0] = Parameter.of(parameter);
        System.arraycopy(others, 0, arguments, 1, others.length);
        return new Violation(parameter, Wording.of(format, arguments));
    }
}
