package org.espalier.code;

import org.jspecify.annotations.Nullable;

/**
 * A program that was drawn and run.
 *
 * @param index its place among those that were drawn, from 0
 * @param program its text; empty if the reply had none
 * @param repairs how many times the policy had mended it
 * @param logProb of the reply, in nats
 * @param tokens of the reply
 * @param given what it did with the given tests
 * @param written what it did with the tests that the policy wrote; null if there are none
 * @param values what the calls of those tests gave; null if there are none
 */
public record Tried(
        int index,
        String program,
        int repairs,
        double logProb,
        int tokens,
        TestRun given,
        @Nullable TestRun written,
        @Nullable TestRun values) {
    /** The same with what it did with tests that the policy wrote. */
    public Tried with(@Nullable TestRun writtenRun, @Nullable TestRun valuesRun) {
        return new Tried(index, program, repairs, logProb, tokens, given, writtenRun, valuesRun);
    }
}
