package org.espalier.server;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * A piece of a streamed answer.
 *
 * @param event its name; null where the protocol names none
 */
record StreamPiece(@Nullable String event, ObjectNode data) {
    static StreamPiece of(ObjectNode data) {
        return new StreamPiece(null, data);
    }
}
