package org.espalier.prm;

import org.jspecify.annotations.Nullable;

/** How a process reward model is fed and read: data, so that a new one needs no code. */
public sealed interface JudgeProfile permits PrmProfile, GenerativeProfile, ImplicitProfile {
    /** Under which it is chosen. */
    String name();

    /** Which models it fits, and where the format is documented. */
    String about();

    /** How the profile's own models are recognised; null if their files name the profile, or nothing tells them. */
    @Nullable
    Recognition match();
}
