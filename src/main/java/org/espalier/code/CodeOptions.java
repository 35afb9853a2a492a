package org.espalier.code;

import java.util.Set;
import org.espalier.model.Rules;
import org.espalier.model.UsageException;
import org.espalier.search.SearchConfig;
import org.espalier.search.SearchMethod;
import org.espalier.search.SearchRules;

/**
 * How programs are drawn and chosen.
 *
 * @param method how programs are drawn, one of {@link #METHODS}
 * @param repairs times that the policy may mend a program that fails a given test, 0 or more
 * @param writtenTests whether the policy writes tests too; it does if none are given
 * @param choice among the programs
 */
public record CodeOptions(SearchMethod method, int repairs, boolean writtenTests, ProgramChoice choice) {
    /**
     * How programs are drawn: independently of each other, until one passes all tests (auto), all n (majority), or one
     * (greedy); or step by step, until one passes all tests (beam, dvts).
     */
    public static final Set<SearchMethod> METHODS =
            Set.of(SearchMethod.AUTO, SearchMethod.MAJORITY, SearchMethod.GREEDY, SearchMethod.BEAM, SearchMethod.DVTS);

    /** What there is to say of any other method. */
    public static final String METHODS_IN_WORDS =
            "auto (stops when one passes), majority (draws all n), greedy, or beam or dvts (step by step)";

    /** What ends a step of a program: each line is judged. */
    public static final String DELIMITER = "\n";

    /** Programs that are drawn at most, unless somebody says otherwise. */
    public static final int USUAL_N = 16;

    /** The usual ones. */
    public static final CodeOptions USUAL = new CodeOptions(SearchMethod.AUTO, 0, false, ProgramChoice.ALL);

    /** @throws UsageException if a number is out of its range */
    public CodeOptions {
        new Rules()
                .require(repairs >= 0, "repairs", "%s must be 0 or more, not %d", repairs)
                .require(
                        repairs == 0 || !isStepwise(method),
                        "repairs",
                        "%s is for whole programs, and %s cuts off what fails: leave it out, or use majority",
                        method.cliName())
                .check();
    }

    /** Whether nothing more is drawn as soon as a program passes all given tests. */
    boolean stopsAtFirst() {
        return method == SearchMethod.AUTO || isStepwise(method);
    }

    /** Whether a method judges programs while they are written. */
    public static boolean isStepwise(SearchMethod method) {
        return method == SearchMethod.BEAM || method == SearchMethod.DVTS;
    }

    /**
     * A search for programs by a method: its steps are lines, unless the user says what ends one.
     *
     * @throws UsageException if the method does not work with it
     */
    public static SearchConfig drawing(SearchMethod method, SearchConfig config, boolean hasDelimiter) {
        if (!isStepwise(method)) {
            return config;
        }
        new Rules()
                .require(
                        config.lookahead() == 0,
                        "lookahead",
                        "%s is for a reward model, and programs are judged by running them: leave it out")
                .check();
        Rules.check(SearchRules.violations(method, config));
        return hasDelimiter ? config : config.toBuilder().delimiter(DELIMITER).build();
    }
}
