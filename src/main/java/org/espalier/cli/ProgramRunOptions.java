package org.espalier.cli;

import org.espalier.code.CodeOptions;
import org.espalier.code.Language;
import org.espalier.code.ProgramChoice;
import org.espalier.code.ProgramPool;
import org.espalier.code.ProgramRuns;
import org.espalier.model.UsageException;
import org.espalier.sandbox.Limits;
import org.espalier.sandbox.Sandboxes;
import org.espalier.search.SearchMethod;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ObjectNode;

/** Options that say how programs are run and mended. */
class ProgramRunOptions {
    @Advanced
    @Option(
            names = "--repairs",
            paramLabel = "R",
            defaultValue = "0",
            description = "How often the policy may mend a program that fails a test (default: ${DEFAULT-VALUE}).")
    private int repairs;

    @Advanced
    @Option(names = "--written-tests", description = "The policy writes tests too, also where some are given.")
    private boolean writtenTests;

    @Advanced
    @Option(
            names = "--program-seconds",
            paramLabel = "S",
            defaultValue = "5",
            description = "Processor time of one run of a program at most (default: ${DEFAULT-VALUE}).")
    private int programSeconds;

    @Advanced
    @Option(names = "--unsafe-run", description = "Runs programs without a sandbox, with your rights.")
    private boolean unsafeRun;

    /** What programs are run with; nothing is started yet. */
    final ProgramRuns open(Language of) {
        if (programSeconds < 1) {
            throw new UsageException("--program-seconds must be 1 or more, not " + programSeconds);
        }
        return ProgramRuns.open(
                of, Sandboxes.required(unsafeRun), Limits.USUAL.withSeconds(programSeconds), ProgramPool.usualAtOnce());
    }

    final CodeOptions options(SearchMethod method, ProgramChoice choice) {
        return new CodeOptions(method, repairs, writtenTests, choice);
    }

    /** How programs are mended, for a server. */
    final void describeMending(ObjectNode wish) {
        wish.put("repairs", repairs).put("writtenTests", writtenTests);
    }

    /** What the programs that are drawn, and their verdicts, depend on. */
    final void describe(RunRecord record) {
        record.put("repairs", repairs == 0 ? null : repairs);
        record.put("writtenTests", writtenTests ? true : null);
        record.put("programSeconds", programSeconds);
    }
}
