/**
 * The composition root: chooses, loads and lays out models, and puts engine, reward models and search together.
 *
 * <pre>
 * RuntimeOptions, Workload → ResolvedModels → LoadedModels → MemoryPlan → lanes → Engine → Policy, PRM → Solver
 *                            (catalog)        (llama)                    (engine)
 * </pre>
 *
 * <p>A {@link org.espalier.runtime.LocalRuntime} is opened and closed by one thread; what it hands out may be used by any.
 * Called by the facade and by {@code cli}. It knows no command line: options are records, and what somebody should
 * hear is told to a {@link org.espalier.runtime.RuntimeListener}.
 */
@NullMarked
package org.espalier.runtime;

import org.jspecify.annotations.NullMarked;
