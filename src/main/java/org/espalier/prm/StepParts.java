package org.espalier.prm;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A step's text as authors who split a whole solution at a delimiter would come to have it. The solution is split from
 * its beginning, so that what a policy wrote behind the delimiter that ends a step belongs to the next one.
 *
 * @param parts the parts that the step completes, the last one its own; those before it are blank unless a delimiter stands
 *     within the step. Never empty
 * @param rest what follows the delimiter that ends the last part
 */
record StepParts(List<String> parts, String rest) {
    /**
     * Splits a step.
     *
     * @param before the rest of the step before it
     * @param text as it was written; empty for an empty step at a path's end
     */
    static StepParts of(String before, String text, String delimiter) {
        List<String> all = all(before, text, delimiter).parts;
        int own = all.size() - 1;
        while (own >= 0 && !hasInk(all.get(own))) {
            own--;
        }
        if (own < 0) {
            own = text.isEmpty() ? all.size() - 1 : Math.max(0, all.size() - 2);
        }
        return new StepParts(
                List.copyOf(all.subList(0, own + 1)), String.join(delimiter, all.subList(own + 1, all.size())));
    }

    /** All parts of a step's text, and nothing left. */
    static StepParts all(String before, String text, String delimiter) {
        return new StepParts(List.of((before + text).split(Pattern.quote(delimiter), -1)), "");
    }

    /** The parts as one text, with the delimiters that stand within the step. */
    StepParts whole(String delimiter) {
        return new StepParts(List.of(String.join(delimiter, parts)), rest);
    }

    /** The blank parts before the step, and the step with the delimiters that stand within it. */
    StepParts afterBlanks(String delimiter) {
        int blank = 0;
        while (blank < parts.size() - 1 && !hasInk(parts.get(blank))) {
            blank++;
        }
        List<String> steps = new ArrayList<>(parts.subList(0, blank));
        steps.add(String.join(delimiter, parts.subList(blank, parts.size())));
        return new StepParts(List.copyOf(steps), rest);
    }

    /**
     * Returns whether a policy's step could end behind this: it is not all white space of those kinds that end no step.
     */
    private static boolean hasInk(String part) {
        return part.chars().anyMatch(c -> c != ' ' && c != '\n' && c != '\r' && c != '\t');
    }
}
