package org.espalier.eval;

import java.util.List;
import org.espalier.grade.AnswerExtractor;
import org.espalier.grade.Equivalence;
import org.jspecify.annotations.Nullable;

/**
 * Exact labels for steps, where a reference solution has one equation a step and no other solution is right, as in {@code
 * arith}. Stateless.
 */
final class StepChecker {
    /** What every step is right up to, if all are. */
    static final int NONE = -1;

    private static final String BEFORE_EQUATION = ": ";
    private static final String BOX = "\\boxed";

    private StepChecker() {}

    /**
     * Finds the first wrong step. A step is right if its equation, the text after its last {@code ": "}, is that of the
     * reference step at the same place, white space aside; where either has none, the whole texts are compared. The first
     * step with a boxed answer closes the solution: it is right after all reference steps, with an answer equivalent to the
     * reference. What follows it is wrong.
     *
     * @param finished whether the policy ended the solution; what a limit cut need not close
     * @param reference without the closing step
     * @return its index; the number of steps if all are right and the closing one is missing; {@link #NONE} if none is wrong
     */
    static int firstError(List<String> steps, boolean finished, List<String> reference, String answer) {
        for (int k = 0; k < steps.size(); k++) {
            String step = steps.get(k);
            if (step.contains(BOX)) {
                if (k < reference.size() || !closes(step, answer)) {
                    return k;
                }
                return k + 1 < steps.size() ? k + 1 : NONE;
            }
            if (k >= reference.size() || !isSame(step, reference.get(k))) {
                return k;
            }
        }
        return finished ? steps.size() : NONE;
    }

    private static boolean closes(String step, String answer) {
        return AnswerExtractor.extractStated(step)
                .filter(stated -> Equivalence.equivalent(stated, answer))
                .isPresent();
    }

    private static boolean isSame(String step, String reference) {
        String equation = equation(step);
        String expected = equation(reference);
        if (equation == null || expected == null) {
            return squeezed(step).equals(squeezed(reference));
        }
        return squeezed(equation).equals(squeezed(expected));
    }

    private static @Nullable String equation(String step) {
        int at = step.lastIndexOf(BEFORE_EQUATION);
        return at < 0 ? null : step.substring(at + BEFORE_EQUATION.length());
    }

    private static String squeezed(String text) {
        return text.replaceAll("\\s+", "");
    }
}
