package org.espalier.model;

import java.util.Optional;

/** Reads the answer out of a completion. Never throws. */
@FunctionalInterface
public interface AnswerReader {
    Optional<Answer> read(String completion);
}
