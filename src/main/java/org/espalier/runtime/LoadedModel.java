package org.espalier.runtime;

import org.espalier.catalog.ModelFile;

/**
 * A model file and what it serves as.
 *
 * @param role {@code policy}, {@code prm}, {@code prmReference} or {@code largerPolicy}
 */
public record LoadedModel(String role, ModelFile file) {}
