package org.espalier.runtime;

import org.espalier.catalog.ModelFile;
import org.espalier.model.Internal;

/**
 * A model file and what it serves as.
 *
 * @param role {@code policy}, {@code prm}, {@code prmReference} or {@code largerPolicy}
 */
@Internal
public record LoadedModel(String role, ModelFile file) {}
