package org.espalier.code;

import java.util.ArrayList;
import java.util.List;
import org.espalier.model.UsageException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** Reads a file of tests: code in the program's language, or JSON lines with an input and an output each. Stateless. */
public final class TestFile {
    private TestFile() {}

    /**
     * Reads the text of a file.
     *
     * @param name for messages
     * @throws UsageException if it holds no tests
     */
    public static TestSuite parse(String name, String text) {
        if (text.isBlank()) {
            throw new UsageException(name + " has no tests: it is empty");
        }
        if (!text.stripLeading().startsWith("{")) {
            return TestSuite.of(text, null);
        }
        List<Example> examples = new ArrayList<>();
        int number = 0;
        for (String line : text.lines().toList()) {
            number++;
            if (!line.isBlank()) {
                examples.add(example(name, number, line));
            }
        }
        return TestSuite.of(examples);
    }

    private static Example example(String name, int number, String line) {
        try {
            JsonNode node = Worker.JSON.readTree(line);
            JsonNode input = node.path("input");
            JsonNode output = node.path("output");
            if (output.isString() && (input.isString() || input.isMissingNode())) {
                return new Example(input.asString(""), output.asString(""));
            }
        } catch (JacksonException notJson) {
            // Said below, with what is wanted.
        }
        throw new UsageException("line %d of %s is no test: write {\"input\": \"...\", \"output\": \"...\"} a line"
                .formatted(number, name));
    }
}
