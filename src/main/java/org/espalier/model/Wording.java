package org.espalier.model;

import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A message that names parameters and leaves their spelling to the surface that shows it. */
public final class Wording {
    private final String format;
    private final @Nullable Object[] arguments;

    private Wording(String format, @Nullable Object[] arguments) {
        this.format = format;
        this.arguments = arguments;
    }

    /**
     * A message.
     *
     * @param format as {@link String#format} reads it
     * @param arguments of the format; {@link Parameter}s and other wordings among them are strings that are
     *     spelled later
     */
    public static Wording of(String format, @Nullable Object... arguments) {
        return new Wording(format, arguments.clone());
    }

    /** A message that names no parameters. */
    public static Wording plain(String text) {
        return of("%s", text);
    }

    /** The message as a surface shows it. */
    public String spelled(Spelling spelling) {
        @Nullable
        Object[] spelled = Arrays.stream(arguments)
                .map(argument -> argument instanceof Parameter parameter
                        ? spelling.of(parameter)
                        : argument instanceof Wording wording ? wording.spelled(spelling) : argument)
                .toArray();
        return String.format(Locale.ROOT, format, spelled);
    }

    @Override
    public String toString() {
        return spelled(Spelling.PLAIN);
    }
}
