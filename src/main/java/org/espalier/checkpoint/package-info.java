/**
 * Makes GGUF files of checkpoints: folders of safetensors with their configuration and tokenizer, as models are published.
 *
 * <pre>
 * Checkpoint.open(folder) ─► DenseHead split off ─► HeadWriter (X.head.gguf)
 *        │
 *        └► a folder of links without the head ─► LlamaConverter (Python, in its own environment) ─► X.gguf
 * </pre>
 *
 * <p>Called by {@code cli}, on one thread. Imports {@code catalog} for running programs,
 * {@code gguf} for how a head is kept, {@code model}, the JDK and Jackson.
 * The checkpoint itself is never changed, and nothing in it is executed: pickled weights and Python files are not read.
 */
@Internal
@NullMarked
package org.espalier.checkpoint;

import org.espalier.model.Internal;
import org.jspecify.annotations.NullMarked;
