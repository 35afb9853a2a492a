package org.espalier.grade;

/** Grading of one answer against another. Stateless. */
public final class Equivalence {

    private Equivalence() {}

    /** Whether two answers mean the same, by {@link Answer#equivalentTo}. */
    public static boolean equivalent(String answer, String reference) {
        return answer.equals(reference) || Answer.parse(answer).equivalentTo(Answer.parse(reference));
    }
}
