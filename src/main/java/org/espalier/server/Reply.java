package org.espalier.server;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import tools.jackson.databind.JsonNode;

/** The answer to one request: written at once, or begun and then written piece by piece. One thread. */
final class Reply {
    private static final String JSON = "application/json";

    private final HttpExchange exchange;
    private final StalledWrites stalled;
    private int status;
    private boolean broken;

    Reply(HttpExchange exchange, StalledWrites stalled) {
        this.exchange = exchange;
        this.stalled = stalled;
        Headers headers = exchange.getResponseHeaders();
        headers.set("Cache-Control", "no-store");
        headers.set("X-Content-Type-Options", "nosniff");
    }

    /** Adds a header; before anything is written. */
    Reply header(String name, String value) {
        exchange.getResponseHeaders().set(name, value);
        return this;
    }

    /** Answers with all there is to say. */
    void json(int code, JsonNode body) throws IOException {
        whole(code, JSON, Json.bytes(body));
    }

    /** Answers with all there is to say. */
    void text(String contentType, String body) throws IOException {
        whole(200, contentType, body.getBytes(StandardCharsets.UTF_8));
    }

    /** Answers with the content of a file. */
    void bytes(String contentType, byte[] content) throws IOException {
        whole(200, contentType, content);
    }

    /** Answers without a body. */
    void nothing(int code) throws IOException {
        status = code;
        stalled.limit(() -> exchange.sendResponseHeaders(code, -1));
    }

    private void whole(int code, String contentType, byte[] body) throws IOException {
        status = code;
        exchange.getResponseHeaders().set("Content-Type", contentType);
        stalled.limit(() -> {
            if (exchange.getRequestMethod().equals("HEAD")) {
                exchange.getResponseHeaders().set("Content-Length", Integer.toString(body.length));
                exchange.sendResponseHeaders(code, -1);
                return;
            }
            // A length of 0 would mean that it is not known.
            exchange.sendResponseHeaders(code, body.length == 0 ? -1 : body.length);
            if (body.length > 0) {
                try (OutputStream out = exchange.getResponseBody()) {
                    out.write(body);
                }
            }
        });
    }

    /** Says that all is well so far; pieces follow. */
    void begin(String contentType) throws IOException {
        status = 200;
        exchange.getResponseHeaders().set("Content-Type", contentType);
        stalled.limit(() -> exchange.sendResponseHeaders(200, 0));
    }

    boolean hasBegun() {
        return status != 0;
    }

    /** Writes a piece, and sees to it that it leaves. */
    void write(byte[] piece) throws IOException {
        stalled.limit(() -> {
            OutputStream out = exchange.getResponseBody();
            out.write(piece);
            out.flush();
        });
    }

    /** No pieces follow. */
    void end() throws IOException {
        stalled.limit(() -> exchange.getResponseBody().close());
    }

    /**
     * Ends in the middle: the client sees that there should have been more.
     *
     * @throws IOException always, for the JDK's server to close the connection
     */
    void breakOff() throws IOException {
        broken = true;
        throw new IOException("the answer is broken off");
    }

    /** Lets go of the request; what is not ended is, unless it was broken off. */
    void close() throws IOException {
        if (!broken) {
            stalled.limit(exchange::close);
        }
    }

    /** 0 before it has begun. */
    int status() {
        return status;
    }
}
