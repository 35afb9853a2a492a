package org.espalier.prm;

import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import java.util.List;

/**
 * How a profile's texts become tokens.
 *
 * @param joining whether pieces are tokenised together
 * @param beginning which token begins the text
 * @param marks texts that must each be one token of the vocabulary: another vocabulary is not this PRM's
 */
public record InputRules(
        @JsonSetter(nulls = Nulls.SKIP) Joining joining,
        @JsonSetter(nulls = Nulls.SKIP) Beginning beginning,
        @JsonSetter(nulls = Nulls.AS_EMPTY) List<String> marks) {
    /** The whole text together, begun as the vocabulary has it, no marks. */
    public static final InputRules DEFAULT = new InputRules(Joining.WHOLE, Beginning.USUAL, List.of());

    /** How pieces are tokenised. */
    public enum Joining {
        /** As if the whole text were tokenised at once, each time it grows. */
        WHOLE,
        /** Problem, step and separator each by itself. */
        SEPARATE,
        /** Problem, each line of a step, and the separator after each line by itself. */
        LINES
    }

    /** What begins a text. */
    public enum Beginning {
        /** The beginning-of-sequence token if the vocabulary asks for it. */
        USUAL,
        /** The beginning-of-sequence token. */
        ALWAYS
    }

    public InputRules {
        joining = joining == null ? Joining.WHOLE : joining;
        beginning = beginning == null ? Beginning.USUAL : beginning;
        marks = List.copyOf(marks);
    }
}
