package org.espalier.code;

import org.jspecify.annotations.Nullable;

/**
 * What is known of a program that is not written to its end.
 *
 * @param error why no further lines can make a program of it; null if they may
 * @param closed statements that no further line can change; empty if there are none, or the language does not say
 */
record Beginning(@Nullable String error, String closed) {}
