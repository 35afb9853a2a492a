package org.espalier.server;

import org.espalier.code.CodeDocument;
import org.espalier.code.CodeSolution;
import org.espalier.code.CodeTask;
import org.espalier.code.TestRun;
import org.espalier.code.Tried;
import org.espalier.wire.Documents;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What a request for a program has come to.
 *
 * @param sandbox that programs ran in
 */
record WrittenProgram(CodeSolution solution, CodeTask task, String sandbox) {
    /** What the chosen program passed, why it was chosen, and between which groups. */
    JsonNode toJson() {
        return Documents.MAPPER.valueToTree(CodeDocument.of(solution, task, sandbox));
    }

    /** A completion as clients are told it: the program alone, in a fence; the whole reply where there is no program. */
    Choice told(Choice choice) {
        if (choice.place() < 0) {
            return choice;
        }
        String program = solution.programs().get(choice.place()).program();
        return program.isBlank()
                ? choice
                : choice.saying(fenced(program.strip(), task.language().name()));
    }

    /** What the chosen program does, in a few words; null if there is none. */
    @Nullable
    String inWords() {
        Tried chosen = solution.chosen();
        if (chosen == null) {
            return null;
        }
        TestRun given = chosen.given();
        return given.checks().isEmpty()
                ? "a program"
                : "passes %d of %d tests"
                        .formatted(given.passed(), given.checks().size());
    }

    private static String fenced(String program, String language) {
        String fence = "```";
        while (program.contains(fence)) {
            fence += "`";
        }
        return fence + language + "\n" + program + "\n" + fence;
    }
}
