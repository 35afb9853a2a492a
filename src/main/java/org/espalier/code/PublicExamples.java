package org.espalier.code;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The examples that a problem's own text has: doctests, assert statements, calls with their values, and blocks of input and
 * output. Stateless.
 */
public final class PublicExamples {
    private static final Pattern DOCTEST = Pattern.compile("(?m)^[ \\t]*>>>[ \\t]*(.+)\\n[ \\t]*(?!>>>)(\\S.*)$");
    private static final Pattern ASSERT = Pattern.compile("(?m)^[ \\t]*(assert[ (].*\\S)[ \\t]*$");
    private static final Pattern CALL = Pattern.compile(
            "(?m)^[ \\t]*(?:[-*•][ \\t]*|(?:for example|example|e\\.g\\.)[:,]?[ \\t]*)?(\\w+\\(.*\\))[ \\t]*(?:==>?|=>|➞|->|→|returns?|should return)[ \\t]*(\\S.*)$",
            Pattern.CASE_INSENSITIVE);
    private static final Pattern INPUT_OUTPUT = Pattern.compile(
            "(?ims)^[ \\t#*]*(?:sample |example )?input[ \\t\\d#]*:?[*]*[ \\t]*\\n?(.*?)\\n[ \\t#*]*(?:sample |example )?output[ \\t\\d#]*:?[*]*[ \\t]*\\n?(.*?)(?=\\n[ \\t]*\\n|\\n[ \\t#*]*(?:sample |example )?(?:input|explanation|note)|\\z)");

    /** What a value is written like; a traceback or prose is none. */
    private static final Pattern VALUE =
            Pattern.compile("(?s)[-+]?\\d.*|[\\[({'\"].*|True|False|None|true|false|null|set\\(.*");

    private PublicExamples() {}

    /**
     * Finds them.
     *
     * @param entry calls of other functions are none; null to take all
     */
    public static TestSuite in(String text, @Nullable String entry) {
        Set<String> asserts = new LinkedHashSet<>();
        add(asserts, ASSERT.matcher(text), entry);
        addCalls(asserts, DOCTEST.matcher(text), entry);
        addCalls(asserts, CALL.matcher(text), entry);
        if (!asserts.isEmpty()) {
            return TestSuite.of(String.join("\n", asserts) + "\n", entry);
        }
        List<Example> examples = new ArrayList<>();
        if (entry == null) {
            INPUT_OUTPUT
                    .matcher(text)
                    .results()
                    .forEach(found -> examples.add(new Example(unfenced(found.group(1)), unfenced(found.group(2)))));
        }
        return TestSuite.of(examples);
    }

    private static void add(Set<String> asserts, Matcher found, @Nullable String entry) {
        while (found.find()) {
            if (entry == null || found.group(1).contains(entry + "(")) {
                asserts.add(found.group(1));
            }
        }
    }

    private static void addCalls(Set<String> asserts, Matcher found, @Nullable String entry) {
        while (found.find()) {
            String call = found.group(1).strip();
            String value = withoutRemark(found.group(2).strip());
            boolean called = entry == null || call.startsWith(entry + "(");
            if (called
                    && call.endsWith(")")
                    && isBalanced(call)
                    && VALUE.matcher(value).matches()
                    && isBalanced(value)) {
                asserts.add("assert " + call + " == " + value);
            }
        }
    }

    private static String withoutRemark(String value) {
        String bare = value.replaceFirst("[ \\t]+(?:#|//).*$", "")
                .replaceFirst("[.;]$", "")
                .strip();
        return bare.replaceFirst("^(?:`)(.*)(?:`)$", "$1");
    }

    /** Whether all brackets outside of texts are closed. */
    private static boolean isBalanced(String code) {
        int depth = 0;
        char quote = 0;
        for (int i = 0; i < code.length(); i++) {
            char c = code.charAt(i);
            if (quote != 0) {
                i += c == '\\' ? 1 : 0;
                quote = c == quote ? 0 : quote;
            } else if (c == '\'' || c == '"') {
                quote = c;
            } else if ("([{".indexOf(c) >= 0) {
                depth++;
            } else if (")]}".indexOf(c) >= 0) {
                depth--;
            }
            if (depth < 0) {
                return false;
            }
        }
        return depth == 0 && quote == 0;
    }

    private static String unfenced(String text) {
        return text.replaceAll("(?m)^[ \\t]*```.*\\n?", "").strip();
    }
}
