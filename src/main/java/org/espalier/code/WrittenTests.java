package org.espalier.code;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Tests that the policy writes for a task, before it sees a program.
 *
 * @param tests assert statements
 * @param calls the call in each, without the value that it is compared with
 */
record WrittenTests(List<String> tests, List<String> calls) {
    static final int MOST = 20;

    private static final Pattern ASSERT =
            Pattern.compile("(?m)^[ \\t]*assert[ (]+(\\w+\\(.*\\))[ \\t]*==[ \\t]*(.+?)[ \\t]*$");

    static final WrittenTests NONE = new WrittenTests(List.of(), List.of());

    /** What asks for them. */
    static String request(CodeTask task) {
        String code = task.begun().isBlank() ? "" : "\n\n" + task.begun().strip();
        return """
                Write ten assert statements that test the function%s below, a line each, such as

                assert %s(...) == ...

                Cover usual cases, small cases and special cases. Write nothing else.

                %s%s""".formatted(
                        task.entry() == null ? "" : " " + task.entry(),
                        task.entry() == null ? "f" : task.entry(),
                        task.problem().text(),
                        code);
    }

    /** Those of a reply that test the function that is asked for. */
    static WrittenTests in(String reply, CodeTask task) {
        Set<String> tests = new LinkedHashSet<>();
        List<String> calls = new ArrayList<>();
        Matcher found = ASSERT.matcher(reply);
        while (found.find() && tests.size() < MOST) {
            String call = found.group(1);
            if (task.entry() == null || call.startsWith(task.entry() + "(")) {
                String value =
                        found.group(2).replaceFirst(",[ \\t]*['\"].*$", "").replaceFirst("[ \\t]+#.*$", "");
                if (tests.add("assert " + call + " == " + value)) {
                    calls.add(call);
                }
            }
        }
        return new WrittenTests(List.copyOf(tests), List.copyOf(calls));
    }
}
