package org.espalier.code;

import org.espalier.model.Rules;
import org.espalier.model.UsageException;

/**
 * How programs are drawn and chosen.
 *
 * @param stopAtFirst whether nothing more is drawn as soon as a program passes all given tests
 * @param repairs times that the policy may mend a program that fails a given test, 0 or more
 * @param writtenTests whether the policy writes tests too; it does if none are given
 * @param choice among the programs
 */
public record CodeOptions(boolean stopAtFirst, int repairs, boolean writtenTests, ProgramChoice choice) {
    /** The usual ones. */
    public static final CodeOptions USUAL = new CodeOptions(true, 0, false, ProgramChoice.ALL);

    /** @throws UsageException if a number is out of its range */
    public CodeOptions {
        new Rules()
                .require(repairs >= 0, "repairs", "%s must be 0 or more, not %d", repairs)
                .check();
    }
}
