package org.espalier.gguf;

import java.util.List;

/**
 * A list in a GGUF header.
 *
 * @param elementType in lower case, such as {@code string} or {@code float32}
 * @param length number of elements
 * @param values the elements, each a Long, Double, Boolean or String; empty if there are more than
 *     {@value #MAX_VALUES}, as in vocabularies
 */
public record GgufArray(String elementType, long length, List<Object> values) {
    static final int MAX_VALUES = 1024;
}
