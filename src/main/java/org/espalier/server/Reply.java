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
    private int status;

    Reply(HttpExchange exchange) {
        this.exchange = exchange;
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
        exchange.sendResponseHeaders(code, -1);
    }

    private void whole(int code, String contentType, byte[] body) throws IOException {
        status = code;
        exchange.getResponseHeaders().set("Content-Type", contentType);
        if (exchange.getRequestMethod().equals("HEAD")) {
            exchange.sendResponseHeaders(code, -1);
            return;
        }
        exchange.sendResponseHeaders(code, body.length);
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(body);
        }
    }

    /** Says that all is well so far; pieces follow. */
    void begin(String contentType) throws IOException {
        status = 200;
        exchange.getResponseHeaders().set("Content-Type", contentType);
        exchange.sendResponseHeaders(status, 0);
    }

    boolean hasBegun() {
        return status != 0;
    }

    /** Writes a piece, and sees to it that it leaves. */
    void write(byte[] piece) throws IOException {
        OutputStream out = exchange.getResponseBody();
        out.write(piece);
        out.flush();
    }

    /** No pieces follow. */
    void end() throws IOException {
        exchange.getResponseBody().close();
    }

    /** 0 before it has begun. */
    int status() {
        return status;
    }
}
