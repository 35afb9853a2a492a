/**
 * Code as a domain: programs are cut out of what a policy wrote, run in a sandbox, and chosen by what they do. A language is
 * data: {@code languages.yaml} says how it is run, and a driver in the language itself calls its functions.
 *
 * <p>Tests never meet the program's objects. They run in a process of their own, which asks for calls and gets values back;
 * this JVM carries both, so that a program can give wrong values but no verdict.
 *
 * <p>Imports sandbox, search and model. {@link org.espalier.code.ProgramRuns} is safe for use by several threads; what it
 * runs programs with is used by one thread at a time.
 */
@Internal
@NullMarked
package org.espalier.code;

import org.espalier.model.Internal;
import org.jspecify.annotations.NullMarked;
