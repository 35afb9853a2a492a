/**
 * llama.cpp through JNI: the only package with {@code native} methods and raw handles.
 *
 * <pre>
 *   LlamaModelRunner ── engine.Batch's buffer ──► NativeContext.run ── one crossing a step ──► native/src/context.cpp
 *   NativeModel: a loaded GGUF  ·  NativeTokenizer: its vocabulary  ·  NativeLibrary: libespalier, loaded once
 * </pre>
 *
 * <p>{@link org.espalier.llama.EnergyMeter}, {@link org.espalier.llama.PeakMemory} and
 * {@link org.espalier.llama.AvailableMemory} ask the system instead, the first one also NVIDIA's library, through JNA.
 *
 * <p>The latency path is {@link org.espalier.llama.NativeContext#run}: it allocates nothing and locks nothing in Java.
 * Everything else runs once per model or per text.
 *
 * <p>Threads: {@link org.espalier.llama.NativeModel} and {@link org.espalier.llama.NativeTokenizer} are safe for
 * several; a {@link org.espalier.llama.NativeContext} belongs to one thread, but for {@code interrupt}. Contexts share
 * one pool of compute threads and take turns on it. A handle knows whether it is in use: closing it then, or using it
 * when it is closed, is an {@link IllegalStateException}, and closing it twice does nothing.
 *
 * <p>May import engine, prm (for the dense head of a reward model), prompt (for chat templates), catalog (which unpacks
 * the libraries) and model; used by what composes an engine, and by benchmarks.
 */
@Internal
@NullMarked
package org.espalier.llama;

import org.espalier.model.Internal;
import org.jspecify.annotations.NullMarked;
