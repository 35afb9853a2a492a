/**
 * Knows models by name and finds or fetches their files. Also finds the one jar that is fetched only when it is needed.
 *
 * <pre>
 * models.yaml ─► Catalog ─► ModelStore.resolve(name or path) ─► ModelFile
 *                               │ bundled: BundledModels, in place or copied out of the jar
 *                               │ missing: PipSource, a part at a time, or HttpFetch
 *                               │ a file of the user's own: gguf's GgufHeader, so that a damaged file is refused early
 *                               └ of another tool: FoundModels (the hub's cache, Ollama, LM Studio)
 * ModelAdder ─► UserModels: what a user has fetched from elsewhere; Catalog.with() shows it beside models.yaml
 * BundledLibraries: the native libraries, copied out of the jar
 * DuckDbDriver: the jar that reads Parquet files; missing: MavenSource
 * </pre>
 *
 * <p>Called by {@code cli}, and by {@code llama} for the libraries. Imports {@code gguf}, {@code model}, the JDK and Jackson. Values are immutable; a {@code
 * ModelStore} and a {@code DuckDbDriver} may be used by several threads and by several processes on one folder: a fetch holds a file lock.
 */
@Internal
@NullMarked
package org.espalier.catalog;

import org.espalier.model.Internal;
import org.jspecify.annotations.NullMarked;
