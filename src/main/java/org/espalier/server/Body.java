package org.espalier.server;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;

/** Reads the body of a request, as far as it is read. */
final class Body {
    private static final int MOST_BYTES = 1 << 20;

    /** Read and dropped of what is too long, so that a client that still sends hears why it is refused. */
    private static final int MOST_DROPPED = 8 << 20;

    private Body() {}

    /**
     * Reads all.
     *
     * @throws ApiException if it is not said to be JSON, or too long
     * @throws IOException if the client stops sending, or takes too long
     */
    static byte[] read(HttpExchange exchange) throws IOException {
        String type = exchange.getRequestHeaders().getFirst("Content-Type");
        // A page of another site can make a browser send any other type without asking us first.
        if (type == null
                || !type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT).equals("application/json")) {
            throw ApiException.refused(415, null, "the body must be JSON, with Content-Type: application/json");
        }
        if (exchange.getRequestHeaders().containsKey("Transfer-Encoding")
                && exchange.getRequestHeaders().containsKey("Content-Length")) {
            throw ApiException.refused(400, null, "give Content-Length or Transfer-Encoding, not both");
        }
        InputStream in = exchange.getRequestBody();
        byte[] body = in.readNBytes(MOST_BYTES + 1);
        if (body.length > MOST_BYTES) {
            drop(in);
            throw ApiException.refused(413, null, "the body is larger than " + MOST_BYTES + " bytes");
        }
        return body;
    }

    /** Reads: the stream's own skipping goes past the end of the body, and waits for what comes after it. */
    private static void drop(InputStream in) throws IOException {
        byte[] chunk = new byte[1 << 14];
        int dropped = 0;
        for (int read = in.read(chunk); read >= 0 && dropped < MOST_DROPPED; read = in.read(chunk)) {
            dropped += read;
        }
    }
}
