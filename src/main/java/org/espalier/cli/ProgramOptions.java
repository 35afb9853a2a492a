package org.espalier.cli;

import java.nio.file.Path;
import java.util.List;
import org.espalier.choice.ChoiceMethod;
import org.espalier.code.CodeOptions;
import org.espalier.code.Language;
import org.espalier.code.ProgramChoice;
import org.espalier.code.TestFile;
import org.espalier.code.TestSuite;
import org.espalier.model.UsageException;
import org.espalier.search.SearchMethod;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ObjectNode;

/** Options for problems whose answer is a program. */
final class ProgramOptions extends ProgramRunOptions {
    private static final String CODE = "code";
    private static final String ALL = "all";

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
                            + " there is (default: ${DEFAULT-VALUE}). Among options: letters (their probability in all"
                            + " orders), text (the likelihood of their words) or vote (of n replies, options turned);"
                            + " text is the default, and vote where -n or --method says how many reply. Among texts:"
                            + " marks (default), knockout (two by two, in both orders), genselect (the policy reads"
                            + " several and names the best) or gensynthesis (it writes one of them); the last three"
                            + " are for mathematics too.")
    private String choose = ALL;

    /**
     * How one of several texts is chosen.
     *
     * @throws UsageException if there is no such way
     */
    ReplyChoice amongTexts() {
        return choose.equals(ALL) ? ReplyChoice.MARKS : ReplyChoice.parse(choose, List.of(ReplyChoice.values()));
    }

    /**
     * How one of several solutions is chosen after the search; by marks where the search's own choice stands.
     *
     * @throws UsageException if there is no such way
     */
    ReplyChoice amongSolutions() {
        return choose.equals(ALL) ? ReplyChoice.MARKS : ReplyChoice.parse(choose, ReplyChoice.afterwards());
    }

    /**
     * How one option of several is chosen.
     *
     * @param replies whether the user says how many there are to be
     */
    ChoiceMethod amongOptions(boolean replies) {
        return choose.equals(ALL) ? (replies ? ChoiceMethod.VOTE : ChoiceMethod.TEXT) : ChoiceMethod.parse(choose);
    }

    Language language() {
        return Language.parse(language);
    }

    CodeOptions options(SearchMethod method) {
        return options(method, ProgramChoice.parse(choose));
    }

    /** Null if none are named. */
    @Nullable
    TestSuite tests() {
        Path file = tests;
        return file == null ? null : TestFile.parse(file.toString(), GivenText.read("the tests", file));
    }

    /** What a server is to be told of the program; it runs programs in its own sandbox, within its own limits. */
    ObjectNode wish() {
        ObjectNode wish = ServerClient.MAPPER
                .createObjectNode()
                .put("domain", CODE)
                .put("language", language)
                .put("choose", choose);
        Path file = tests;
        if (file != null) {
            wish.put("tests", GivenText.read("the tests", file));
        }
        describeMending(wish);
        return wish;
    }

    /** Options that mean something for programs alone and were given though they are not asked for. */
    List<String> misplaced() {
        return tests == null ? List.of() : List.of("--tests");
    }
}
