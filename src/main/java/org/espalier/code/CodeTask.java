package org.espalier.code;

import java.util.List;
import org.espalier.model.Problem;
import org.jspecify.annotations.Nullable;

/**
 * A program that is asked for.
 *
 * @param problem as the policy is told it
 * @param entry the function that is asked for; null if it is not known, or a whole program is
 * @param begun code that the problem begins and the policy goes on with, such as a signature with its documentation; may be
 *     empty
 * @param given tests that a program has to pass to be chosen; empty if there are none
 */
public record CodeTask(
        Problem problem, Language language, @Nullable String entry, String begun, TestSuite given) {
    /** What makes a policy answer with a program. */
    public static final String INSTRUCTION = """
            You are a careful programmer. Answer with one complete program in a single block of code, without examples of its \
            use and without explanations. Write every function that is asked for under exactly the name that is asked for.""";

    /** The same for a language, which some policies have to be told. */
    public static String instruction(Language language) {
        return language.hint().isEmpty() ? INSTRUCTION : INSTRUCTION + " " + language.hint();
    }

    /**
     * A task in the user's own words.
     *
     * @param given null to take the examples that the text itself has
     */
    public static CodeTask of(Problem problem, Language language, @Nullable TestSuite given) {
        TestSuite tests = given == null ? PublicExamples.in(problem.text(), null) : given;
        List<String> named = language.definedIn(problem.text());
        String entry = named.isEmpty() ? null : named.get(named.size() - 1);
        return new CodeTask(problem, language, entry, "", tests);
    }

    /** The program that a reply has; empty text if it has none. */
    public String programIn(String reply) {
        return CodeBlocks.program(reply, this);
    }

    /** Whether a reply has a block of code that has come to its end. */
    public boolean isClosedIn(String reply) {
        return CodeBlocks.isClosed(reply);
    }

    /** A program without what makes no difference. */
    public String normalised(String program) {
        return ProgramText.normalised(program, language);
    }

    /** What comes before the function that is asked for, where the problem begins it: imports and helpers. */
    String preamble() {
        if (entry == null) {
            return "";
        }
        int at = begun.lastIndexOf("def " + entry);
        return at < 0 ? "" : begun.substring(0, at);
    }
}
