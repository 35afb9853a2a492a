package org.espalier.code;

import java.util.Set;
import org.espalier.model.Rules;
import org.espalier.model.UsageException;
import org.espalier.search.SearchMethod;

/**
 * How programs are drawn and chosen.
 *
 * @param stopAtFirst whether nothing more is drawn as soon as a program passes all given tests
 * @param repairs times that the policy may mend a program that fails a given test, 0 or more
 * @param writtenTests whether the policy writes tests too; it does if none are given
 * @param choice among the programs
 */
public record CodeOptions(boolean stopAtFirst, int repairs, boolean writtenTests, ProgramChoice choice) {
    /** How programs are drawn: independently of each other, until one passes all tests (auto), all n (majority), or one. */
    public static final Set<SearchMethod> METHODS =
            Set.of(SearchMethod.AUTO, SearchMethod.MAJORITY, SearchMethod.GREEDY);

    /** Programs that are drawn at most, unless somebody says otherwise. */
    public static final int USUAL_N = 16;

    /** The usual ones. */
    public static final CodeOptions USUAL = new CodeOptions(true, 0, false, ProgramChoice.ALL);

    /** @throws UsageException if a number is out of its range */
    public CodeOptions {
        new Rules()
                .require(repairs >= 0, "repairs", "%s must be 0 or more, not %d", repairs)
                .check();
    }
}
