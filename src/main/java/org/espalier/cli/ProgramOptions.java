package org.espalier.cli;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.espalier.code.CodeOptions;
import org.espalier.code.Language;
import org.espalier.code.ProgramChoice;
import org.espalier.code.TestFile;
import org.espalier.code.TestSuite;
import org.espalier.eval.Utf8Text;
import org.espalier.model.Reason;
import org.espalier.model.UsageException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options for problems whose answer is a program. */
final class ProgramOptions extends ProgramRunOptions {
    /** The policy that writes programs unless the user names one: the bundled ones know nothing but arithmetic. */
    static final String USUAL_POLICY = "smollm2-135m-instruct";

    private static final String CODE = "code";

    @Option(
            names = "--domain",
            paramLabel = "WHAT",
            defaultValue = "math",
            description = "math, or code: a program, which is run in a sandbox.")
    private String domain = "math";

    @Option(
            names = "--language",
            paramLabel = "NAME",
            defaultValue = "python",
            description = "Of the program (default: ${DEFAULT-VALUE}).")
    private String language = "python";

    @Option(names = "--tests", paramLabel = "FILE", description = "Of the program (default: the problem's examples).")
    private @Nullable Path tests;

    @Advanced
    @Option(
            names = "--choose",
            paramLabel = "HOW",
            defaultValue = "all",
            description =
                    "Among programs: first, likelihood, given (tests), consensus (what they do), codet, or all that"
                            + " there is (default: ${DEFAULT-VALUE}).")
    private String choose = "all";

    /** @throws UsageException if there is no such domain */
    boolean isCode() {
        if (!domain.equals(CODE) && !domain.equals("math")) {
            throw new UsageException("--domain %s is unknown: choose math or code".formatted(domain));
        }
        return domain.equals(CODE);
    }

    Language language() {
        return Language.parse(language);
    }

    CodeOptions options(boolean stopAtFirst) {
        return options(stopAtFirst, ProgramChoice.parse(choose));
    }

    /** Null if none are named. */
    @Nullable
    TestSuite tests() {
        Path file = tests;
        if (file == null) {
            return null;
        }
        try {
            return TestFile.parse(file.toString(), Utf8Text.read(file));
        } catch (CharacterCodingException e) {
            throw new UsageException("cannot read the tests from " + file + ": " + Utf8Text.reason(e));
        } catch (NoSuchFileException e) {
            throw new UsageException("cannot read the tests from " + file + ": there is no such file");
        } catch (IOException e) {
            throw new UsageException("cannot read the tests from " + file + ": " + Reason.of(e));
        }
    }

    /** Options that mean something for programs alone and were given though they are not asked for. */
    List<String> misplaced() {
        return tests == null ? List.of() : List.of("--tests");
    }
}
