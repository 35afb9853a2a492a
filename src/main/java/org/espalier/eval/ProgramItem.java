package org.espalier.eval;

import org.espalier.code.CodeTask;
import org.espalier.code.TestSuite;

/**
 * A problem whose answer is a program.
 *
 * @param task as it is put to the policy, with the tests that it may see
 * @param hidden tests that say whether a program is right
 * @param reference a program that is
 */
public record ProgramItem(String id, CodeTask task, TestSuite hidden, String reference) implements ProblemStream.Item {}
