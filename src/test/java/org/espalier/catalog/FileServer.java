package org.espalier.catalog;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** A web server of one file that can be told to misbehave. */
final class FileServer implements AutoCloseable {
    /** A request that was answered, with null for headers that it did not have. */
    record Request(String path, String range, String ifRange, String authorization) {}

    private final HttpServer server;
    private final List<Request> requests = Collections.synchronizedList(new ArrayList<>());
    private final Map<String, String> redirects = new ConcurrentHashMap<>();
    private final Map<String, String> headers = new ConcurrentHashMap<>();
    private volatile byte[] content = {};
    private volatile String etag = "\"one\"";
    private volatile int status;
    private final AtomicInteger cuts = new AtomicInteger();
    private volatile int cutAt;
    private volatile boolean ranges = true;

    FileServer() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.start();
    }

    URI uri(String path) {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + path);
    }

    FileServer holds(byte[] bytes, String tag) {
        content = bytes;
        etag = tag;
        return this;
    }

    /** The next answers end too early. */
    FileServer cuts(int times, int afterBytes) {
        cuts.set(times);
        cutAt = afterBytes;
        return this;
    }

    FileServer answers(int code) {
        status = code;
        return this;
    }

    FileServer sendsOn(String path, String to) {
        redirects.put(path, to);
        return this;
    }

    FileServer adds(String header, String value) {
        headers.put(header, value);
        return this;
    }

    FileServer ignoresRanges() {
        ranges = false;
        return this;
    }

    /** Since the last call. */
    List<Request> requests() {
        List<Request> seen = List.copyOf(requests);
        requests.clear();
        return seen;
    }

    private void answer(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        String range = exchange.getRequestHeaders().getFirst("Range");
        String ifRange = exchange.getRequestHeaders().getFirst("If-Range");
        requests.add(
                new Request(path, range, ifRange, exchange.getRequestHeaders().getFirst("Authorization")));
        try (exchange) {
            headers.forEach((name, value) -> exchange.getResponseHeaders().set(name, value));
            String to = redirects.get(path);
            if (to != null) {
                exchange.getResponseHeaders().set("Location", to);
                exchange.sendResponseHeaders(302, -1);
            } else if (status != 0) {
                exchange.sendResponseHeaders(status, -1);
            } else {
                send(exchange, range, ifRange);
            }
        }
    }

    private void send(HttpExchange exchange, String range, String ifRange) throws IOException {
        boolean same = ifRange == null || Objects.equals(ifRange, etag);
        int from = range == null || !ranges || !same ? 0 : Integer.parseInt(range.replaceAll("\\D+", ""));
        if (etag != null) {
            exchange.getResponseHeaders().set("ETag", etag);
        }
        if (from > content.length) {
            exchange.sendResponseHeaders(416, -1);
            return;
        }
        if (from > 0) {
            exchange.getResponseHeaders()
                    .set("Content-Range", "bytes %d-%d/%d".formatted(from, content.length - 1, content.length));
        }
        exchange.sendResponseHeaders(from > 0 ? 206 : 200, content.length == from ? -1 : content.length - from);
        int end = content.length;
        if (cuts.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
            end = Math.min(end, from + cutAt);
        }
        // Not closed here: the exchange closes the connection with it if the answer is shorter than it said.
        OutputStream out = exchange.getResponseBody();
        out.write(Arrays.copyOfRange(content, from, end));
        out.flush();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
