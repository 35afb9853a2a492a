package org.espalier.code;

import java.util.stream.Collectors;

/** Which programs are the same. Stateless. */
final class ProgramText {
    private ProgramText() {}

    /** A program without what makes no difference: lines of comments, blank lines, and white space at the ends of lines. */
    static String normalised(String program, Language language) {
        return program.lines()
                .map(line -> line.replace("\t", "    ").stripTrailing())
                .filter(line -> !line.isEmpty() && !line.stripLeading().startsWith(language.comment()))
                .collect(Collectors.joining("\n"));
    }
}
