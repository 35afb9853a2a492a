/**
 * Forms of replies: JSON of a schema, calls of tools, texts of a grammar. A form makes the grammar that replies are drawn by,
 * reads and checks what was written, and merges what several replies say.
 *
 * <pre>
 *   JSON schema --SchemaGrammar--> grammar (GBNF) --engine--> replies --SchemaCheck--> valid documents --FieldVote--> one
 * </pre>
 *
 * <p>What a grammar cannot say, such as {@code uniqueItems}, is left to the check at the end; a reply that does not pass it
 * does not vote and is never given.
 *
 * <p>May import model alone. Called by whoever poses a problem: the command line, the server and the public API. Immutable
 * and safe for use by several threads.
 */
@NullMarked
package org.espalier.structure;

import org.jspecify.annotations.NullMarked;
