/**
 * The peer of JavaScript programs: node-llama-cpp 3.22.1, whose llama.cpp is of the engine's release. Each model has a
 * process of its own that {@code jmh/node-llama/model.mjs} runs in, through the library's public classes.
 */
@NullMarked
package org.espalier.nodellama;

import org.jspecify.annotations.NullMarked;
