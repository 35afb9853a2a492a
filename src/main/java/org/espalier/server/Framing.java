package org.espalier.server;

import java.nio.charset.StandardCharsets;

/** How the pieces of a stream are told apart. */
enum Framing {
    /** Server-sent events (SSE). */
    EVENTS("text/event-stream") {
        @Override
        byte[] frame(StreamPiece piece) {
            String name = piece.event() == null ? "" : "event: " + piece.event() + "\n";
            return bytes(name + "data: " + Json.MAPPER.writeValueAsString(piece.data()) + "\n\n");
        }
    },
    /** A line each. */
    LINES("application/x-ndjson") {
        @Override
        byte[] frame(StreamPiece piece) {
            return bytes(Json.MAPPER.writeValueAsString(piece.data()) + "\n");
        }
    };

    private final String contentType;

    Framing(String contentType) {
        this.contentType = contentType;
    }

    String contentType() {
        return contentType;
    }

    abstract byte[] frame(StreamPiece piece);

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
