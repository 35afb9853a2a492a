/**
 * Espalier for langchain4j: {@link org.espalier.langchain4j.EspalierChatModel} answers by a search, and {@link
 * org.espalier.langchain4j.EspalierScoringModel} scores with the reward model. Both share an {@link org.espalier.Espalier},
 * which stays the caller's to close, and may be called by any thread.
 */
@NullMarked
package org.espalier.langchain4j;

import org.jspecify.annotations.NullMarked;
