/**
 * The peer that a Java program could use until now: java-llama.cpp (de.kherud:llama) 4.2.0, through its public classes
 * alone, with the llama.cpp of March 2025 (b4916) that its jar brings.
 */
@NullMarked
package org.espalier.javallama;

import org.jspecify.annotations.NullMarked;
