package org.espalier.prm;

/** How a process reward model is fed and read: data, so that a new one needs no code. */
public sealed interface JudgeProfile permits PrmProfile, GenerativeProfile, ImplicitProfile {
    /** Under which it is chosen. */
    String name();

    /** Which models it fits, and where the format is documented. */
    String about();
}
