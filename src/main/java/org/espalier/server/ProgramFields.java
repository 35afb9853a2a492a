package org.espalier.server;

import java.util.ArrayList;
import java.util.List;
import org.espalier.code.CodeOptions;
import org.espalier.code.Example;
import org.espalier.code.Language;
import org.espalier.code.ProgramChoice;
import org.espalier.code.TestFile;
import org.espalier.code.TestSuite;
import org.espalier.model.UsageException;
import org.espalier.search.SearchMethod;
import org.espalier.server.SolveRequest.Program;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Reads what the {@code espalier} object says of a program: whether one is asked for, in which language, and its tests. */
final class ProgramFields {
    private static final String DOMAIN = "domain";
    private static final String TESTS = "tests";
    private static final List<String> OWN = List.of("language", TESTS, "repairs", "writtenTests", "choose");
    private static final int MOST_REPAIRS = 10;

    private final JsonFields espalier;

    ProgramFields(JsonFields espalier) {
        this.espalier = espalier;
    }

    /**
     * Whether a program is asked for.
     *
     * @throws ApiException if what is asked for is not known, or fields of a program are given where none is
     */
    boolean isWanted() {
        String domain = espalier.text(DOMAIN);
        if (domain != null && !domain.equals("math") && !domain.equals("code")) {
            throw espalier.wrong(DOMAIN, "math or code");
        }
        boolean wanted = "code".equals(domain);
        for (String name : OWN) {
            if (!wanted && espalier.get(name) != null) {
                throw ApiException.invalid(
                        espalier.path(name),
                        "'%s' is for programs: add 'espalier.domain': \"code\"".formatted(espalier.path(name)));
            }
        }
        if (espalier.get("unsafeRun") != null) {
            throw ApiException.unsupported(
                    espalier.path("unsafeRun"),
                    "'espalier.unsafeRun' is not supported: a request's programs never run without a sandbox");
        }
        return wanted;
    }

    /**
     * What is said of it.
     *
     * @param method how programs are drawn
     * @throws ApiException if a field is wrong
     */
    Program read(SearchMethod method) {
        try {
            String language = espalier.text("language");
            String choice = espalier.text("choose");
            Integer repairs = espalier.integer("repairs", 0, MOST_REPAIRS);
            return new Program(
                    Language.parse(language == null ? "python" : language),
                    tests(),
                    new CodeOptions(
                            method,
                            repairs == null ? 0 : repairs,
                            espalier.isSet("writtenTests"),
                            choice == null ? ProgramChoice.ALL : ProgramChoice.parse(choice)));
        } catch (UsageException e) {
            throw e.violations().isEmpty()
                    ? ApiException.invalid(espalier.path(TESTS), String.valueOf(e.getMessage()))
                    : ApiException.invalid(e);
        }
    }

    /** As a file of tests has them, or a list of lines or of objects with an input and an output; null if none are given. */
    private @Nullable TestSuite tests() {
        JsonNode tests = espalier.get(TESTS);
        if (tests == null) {
            return null;
        }
        String name = "'" + espalier.path(TESTS) + "'";
        if (tests.isString()) {
            return TestFile.parse(name, tests.asString());
        }
        List<String> lines = new ArrayList<>();
        List<Example> examples = new ArrayList<>();
        for (JsonNode one : tests.isArray() ? tests : List.<JsonNode>of()) {
            if (one.isString()) {
                lines.add(one.asString());
            } else if (one.path("output").isString()
                    && (one.path("input").isString() || one.path("input").isMissingNode())) {
                examples.add(new Example(
                        one.path("input").asString(""), one.path("output").asString()));
            }
        }
        if (lines.isEmpty() == examples.isEmpty() || lines.size() + examples.size() != tests.size()) {
            throw espalier.wrong(
                    TESTS,
                    "the text of a file of tests, or an array of such lines, or of objects {\"input\": …, \"output\": …}");
        }
        return lines.isEmpty() ? TestSuite.of(examples) : TestFile.parse(name, String.join("\n", lines));
    }
}
