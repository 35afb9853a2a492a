package org.espalier.model;

/** The reason for which a policy stopped extending a prefix. */
public enum StopReason {
    /** The step delimiter appeared. */
    DELIMITER,
    /** The completion is finished: the model ended its turn, or came to one of {@link StepRequest#stops()}. */
    EOS,
    /** The request's token limit was reached. */
    LENGTH,
    /** The step repeats itself, and would go on doing so: {@link StepRequest#cutLoops()}. */
    REPETITION,
    /** The policy was too unsure of its tokens: {@link StepRequest#confidence()}. */
    UNSURE,
    /** The model's context, or the memory given to it, holds no more tokens of this path. */
    CONTEXT,
    /** The run was cancelled or a limit of its budget was reached; {@link Meter#exceeded()} tells which. */
    CANCELLED
}
