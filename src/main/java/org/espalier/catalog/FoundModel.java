package org.espalier.catalog;

import java.nio.file.Path;

/**
 * A GGUF file that another tool has downloaded.
 *
 * @param name by which it can be used here
 * @param tool what has downloaded it, as people call it
 * @param path of the file, or of the first one if the model is in several
 * @param bytes of all its files
 */
public record FoundModel(String name, String tool, Path path, long bytes) {}
