package org.espalier.llama;

import java.util.OptionalLong;

/** Counts what one part of the machine consumes, whoever uses it. It only grows, but for starting from 0 again. */
interface EnergyCounter {
    /** Which part that is, such as {@code package-0} or {@code gpu-0}. */
    String name();

    /** Microjoules since some moment; empty if that cannot be told, or no longer. */
    OptionalLong microjoules();

    /** Microjoules after which it starts from 0 again; 0 if it never does. */
    long range();
}
