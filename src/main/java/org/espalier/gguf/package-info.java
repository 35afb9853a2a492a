/**
 * Reads the headers of GGUF files, and refuses those that llama.cpp would end the process for instead of reporting them.
 *
 * <pre>
 * GgufHeader.read(path) ─► GgufParser ─► metadata, {@link org.espalier.gguf.GgufTensor tensors}
 *        │ requireLoadable(): GgufChecks, AttentionChecks, TensorTypes
 *        └ floats(name): the numbers of one tensor
 * {@link org.espalier.gguf.AdapterChecks}: a LoRA adapter against the model it changes
 * {@link org.espalier.gguf.HeadFormat}: how the dense head of a PRM is kept in a GGUF file of its own
 * </pre>
 *
 * <p>May be called by any package that handles model files: {@code catalog}, {@code checkpoint} and the composition. Imports
 * {@code model} alone. Values are immutable and safe for use by several threads; a file is open only while it is read.
 */
@Internal
@NullMarked
package org.espalier.gguf;

import org.espalier.model.Internal;
import org.jspecify.annotations.NullMarked;
