package org.espalier.server;

import org.espalier.code.CodeDocument;
import org.espalier.code.CodeSolution;
import org.espalier.code.CodeTask;
import org.espalier.wire.Documents;
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

    private static String fenced(String program, String language) {
        String fence = "```";
        while (program.contains(fence)) {
            fence += "`";
        }
        return fence + language + "\n" + program + "\n" + fence;
    }
}
