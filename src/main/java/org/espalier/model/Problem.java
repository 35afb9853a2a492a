package org.espalier.model;

/**
 * A problem to solve.
 *
 * @param id names the problem within a run; it also seeds the problem's random streams, so it must be stable
 * @param text what the user asks, without any template
 */
public record Problem(String id, String text) {
    /** @throws UsageException if the text is blank */
    public Problem {
        if (text.isBlank()) {
            throw new UsageException("the problem is empty: state what is to be solved");
        }
    }

    /** A problem named by its own text. */
    public static Problem of(String text) {
        return new Problem(Integer.toHexString(text.strip().hashCode()), text.strip());
    }
}
