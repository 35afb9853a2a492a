/**
 * The JSON documents about a search: its settings, and what it found. One record each, which the server, its client, the
 * files of a run and the command line's {@code --json} share.
 *
 * <pre>
 *  SearchSettings    a method and its SearchConfig, flat, by the names of the command line's options
 *  SolutionDocument  what 'espalier solve --json' prints ─┐
 *  SearchReport      what a server answers                ─┴─ SearchOutcome, which both have
 * </pre>
 *
 * <p>{@link org.espalier.wire.Documents} reads what others wrote and names what is wrong with it. A new setting is one more
 * component of {@link org.espalier.search.SearchConfig} or {@link org.espalier.search.MethodParams}; everything here
 * follows. Called by {@code cli}, {@code server}, {@code runtime} and {@code eval}; imports {@code search} and {@code model}.
 */
@Internal
@NullMarked
package org.espalier.wire;

import org.espalier.model.Internal;
import org.jspecify.annotations.NullMarked;
