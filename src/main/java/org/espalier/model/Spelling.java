package org.espalier.model;

/** How a surface, such as the command line or the server, writes the parameters that a message names. */
@FunctionalInterface
public interface Spelling {
    /** For callers from Java: the bare name, and the value behind it. */
    Spelling PLAIN =
            parameter -> parameter.value() == null ? parameter.name() : parameter.name() + " " + parameter.value();

    /** Writes a parameter, with its value if it has one. */
    String of(Parameter parameter);
}
