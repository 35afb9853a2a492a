package org.espalier.code;

/** Runs programs of one language, one after the other. One thread at a time. */
interface ProgramRunner extends AutoCloseable {
    /**
     * Runs a program with tests.
     *
     * @throws BrokenTestsException if the tests cannot be run
     * @throws org.espalier.model.EspalierException if there is no sandbox any more
     */
    TestRun run(String program, TestSuite suite);

    /** What is known of a program of which whole lines are written, but not all; nothing of it is run. */
    Beginning begin(String lines);

    /** Ends what is kept between runs. */
    @Override
    void close();
}
