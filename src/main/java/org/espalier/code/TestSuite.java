package org.espalier.code;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a program is tried with.
 *
 * @param setup code that comes before the tests, in the program's language; may be empty
 * @param tests in the program's language, such as assert statements; empty if there are only examples
 * @param entry the function that is asked for; null if the tests name it themselves
 * @param examples of input and output
 * @param values whether expressions among the tests are run for their values
 */
public record TestSuite(
        String setup, String tests, @Nullable String entry, List<Example> examples, boolean values) {
    /** No test at all. */
    public static final TestSuite NONE = new TestSuite("", "", null, List.of(), false);

    public TestSuite {
        examples = List.copyOf(examples);
    }

    /** Tests in the program's language. */
    public static TestSuite of(String tests, @Nullable String entry) {
        return new TestSuite("", tests, entry, List.of(), false);
    }

    /** Examples of input and output. */
    public static TestSuite of(List<Example> examples) {
        return new TestSuite("", "", null, examples, false);
    }

    /** Expressions that are run for their values, one a line. */
    public static TestSuite values(List<String> expressions, @Nullable String entry) {
        return new TestSuite("", String.join("\n", expressions), entry, List.of(), true);
    }

    /** The same after other code. */
    public TestSuite after(String code) {
        return new TestSuite(code, tests, entry, examples, values);
    }

    public boolean isEmpty() {
        return tests.isBlank() && examples.isEmpty();
    }
}
