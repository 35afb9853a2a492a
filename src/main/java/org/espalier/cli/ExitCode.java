package org.espalier.cli;

/** What the process ends with. */
final class ExitCode {
    static final int ANSWERED = 0;
    static final int FAILED = 1;
    static final int BAD_USAGE = 2;
    static final int NO_ANSWER = 3;
    static final int INTERNAL_ERROR = 4;

    /** As of a program that SIGPIPE has ended, because whoever read its output has gone. */
    static final int NOBODY_READS = 141;

    private ExitCode() {}
}
