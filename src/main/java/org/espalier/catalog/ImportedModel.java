package org.espalier.catalog;

import java.nio.file.Path;
import java.util.Optional;
import org.espalier.catalog.CatalogEntry.Role;

/**
 * A model that was made on this machine and is to be known by name.
 *
 * @param name by which it is to be known
 * @param description one line
 * @param role what it is for
 * @param from what it was made of
 * @param profile of a PRM, if it is known
 * @param file the GGUF file, on the disk of the store; it is moved into the store with the folder around it deleted
 * @param head the sidecar file of a dense head beside it
 */
public record ImportedModel(
        String name,
        String description,
        Role role,
        String from,
        Optional<String> profile,
        Path file,
        Optional<Path> head) {}
