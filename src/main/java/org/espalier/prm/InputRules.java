package org.espalier.prm;

import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import java.util.List;

/**
 * How a profile's texts become tokens.
 *
 * @param joining whether pieces are tokenised together
 * @param beginning which token begins the text
 * @param edges what becomes of white space around problem and steps
 * @param blankSteps whether what the authors split at the delimiter keeps its empty parts, so that more than one delimiter
 *     between two steps makes empty steps; else they begin the next step
 * @param marks texts that must each be one token of the vocabulary: another vocabulary is not this PRM's
 */
public record InputRules(
        @JsonSetter(nulls = Nulls.SKIP) Joining joining,
        @JsonSetter(nulls = Nulls.SKIP) Beginning beginning,
        @JsonSetter(nulls = Nulls.SKIP) Edges edges,
        boolean blankSteps,
        @JsonSetter(nulls = Nulls.AS_EMPTY) List<String> marks) {
    /** The whole text together, begun as the vocabulary has it, all as it was written, no marks. */
    public static final InputRules DEFAULT =
            new InputRules(Joining.WHOLE, Beginning.USUAL, Edges.WRITTEN, false, List.of());

    /** How pieces are tokenised. */
    public enum Joining {
        /** As if the whole text were tokenised at once, each time it grows. */
        WHOLE,
        /** Problem, step and separator each by itself. */
        SEPARATE,
        /** Problem, each line of a step, and the separator after each line by itself; blank lines have one, too. */
        LINES
    }

    /** What begins a text. */
    public enum Beginning {
        /** The beginning-of-sequence token if the vocabulary asks for it. */
        USUAL,
        /** The beginning-of-sequence token. */
        ALWAYS
    }

    /** What becomes of white space around a step that is not the delimiter that ends it. */
    public enum Edges {
        /** It is read as the policy wrote it. */
        WRITTEN,
        /** A step has none. */
        TRIMMED,
        /**
         * A turn of a chat has none, as templates with Jinja's {@code trim} have it; what stands between the problem and the
         * first step in one turn stays.
         */
        TURNS_TRIMMED,
        /** A solution does not begin with line ends. */
        NO_LINE_ENDS_BEFORE
    }

    public InputRules {
        joining = joining == null ? Joining.WHOLE : joining;
        beginning = beginning == null ? Beginning.USUAL : beginning;
        edges = edges == null ? Edges.WRITTEN : edges;
        marks = List.copyOf(marks);
    }
}
