/**
 * Reads published models (safetensors, with their configuration and tokenizer) and writes GGUF files of them: a dense head, or
 * a whole model in Q8_0.
 *
 * <p>Called by {@code checkpoint} for folders on this disk and by {@code catalog} for repositories of a hub. Imports
 * {@code gguf} for names and types, {@code model}, the JDK and Jackson. Values are immutable.
 */
@Internal
@NullMarked
package org.espalier.safetensors;

import org.espalier.model.Internal;
import org.jspecify.annotations.NullMarked;
