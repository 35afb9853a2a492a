package org.espalier.catalog;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Speaks the hub's protocol: a file of a repository is sent on to another host's address, which sends parts of it and an
 * ETag. Without its token, if it wants one, it answers 401.
 */
public final class HubServer implements AutoCloseable {
    private static final Pattern RANGE = Pattern.compile("bytes=(\\d+)-(\\d*)");

    /** A request for bytes. */
    record Request(String file, String range, String authorization) {}

    private final HttpServer hub = server();
    private final HttpServer storage = server();
    private final Map<String, byte[]> files = Collections.synchronizedMap(new HashMap<>());
    private final List<Request> requests = Collections.synchronizedList(new ArrayList<>());
    private final AtomicInteger cuts = new AtomicInteger();
    private volatile int cutAfter;
    private volatile boolean ranges = true;
    private volatile String token = "";
    private volatile String version = "one";

    public HubServer() throws IOException {
        hub.createContext("/", this::sendOn);
        storage.createContext("/", this::send);
        hub.start();
        storage.start();
    }

    private static HttpServer server() throws IOException {
        return HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    }

    public String url() {
        return "http://127.0.0.1:" + hub.getAddress().getPort();
    }

    /** @param path {@code owner/repository/file} */
    public HubServer holds(String path, byte[] bytes) {
        files.put("/" + path.replaceFirst("^([^/]+/[^/]+)/", "$1/resolve/main/"), bytes);
        return this;
    }

    HubServer wants(String secret) {
        token = secret;
        return this;
    }

    HubServer cuts(int times, int afterBytes) {
        cuts.set(times);
        cutAfter = afterBytes;
        return this;
    }

    HubServer sendsWholeFilesOnly() {
        ranges = false;
        return this;
    }

    /** Publishes all files anew. */
    HubServer is(String anotherVersion) {
        version = anotherVersion;
        return this;
    }

    /** Those that reached the bytes, since the last call. */
    List<Request> requests() {
        List<Request> seen = List.copyOf(requests);
        requests.clear();
        return seen;
    }

    private void sendOn(HttpExchange exchange) throws IOException {
        try (exchange) {
            String path = exchange.getRequestURI().getPath();
            String authorization = exchange.getRequestHeaders().getFirst("Authorization");
            if (!token.isEmpty() && !("Bearer " + token).equals(authorization)) {
                exchange.sendResponseHeaders(401, -1);
            } else if (files.containsKey(path)) {
                exchange.getResponseHeaders()
                        .set(
                                "Location",
                                "http://127.0.0.1:" + storage.getAddress().getPort() + path);
                exchange.sendResponseHeaders(302, -1);
            } else {
                exchange.sendResponseHeaders(404, -1);
            }
        }
    }

    private void send(HttpExchange exchange) throws IOException {
        try (exchange) {
            String path = exchange.getRequestURI().getPath();
            String range = exchange.getRequestHeaders().getFirst("Range");
            String ifRange = exchange.getRequestHeaders().getFirst("If-Range");
            requests.add(new Request(
                    path.replaceFirst(".*/resolve/main/", ""),
                    range,
                    exchange.getRequestHeaders().getFirst("Authorization")));
            byte[] content = files.get(path);
            String etag = "\"" + version + "\"";
            exchange.getResponseHeaders().set("ETag", etag);
            Matcher matcher = RANGE.matcher(range == null ? "" : range);
            boolean part = ranges && matcher.matches() && (ifRange == null || ifRange.equals(etag));
            int from = part ? Integer.parseInt(matcher.group(1)) : 0;
            int to = part && !matcher.group(2).isEmpty()
                    ? Math.min(content.length, Integer.parseInt(matcher.group(2)) + 1)
                    : content.length;
            if (part) {
                exchange.getResponseHeaders()
                        .set("Content-Range", "bytes %d-%d/%d".formatted(from, to - 1, content.length));
            }
            exchange.sendResponseHeaders(part ? 206 : 200, to - from);
            int end = cuts.getAndUpdate(left -> Math.max(0, left - 1)) > 0 ? Math.min(to, from + cutAfter) : to;
            OutputStream out = exchange.getResponseBody();
            out.write(content, from, end - from);
            out.flush();
        }
    }

    @Override
    public void close() {
        hub.stop(0);
        storage.stop(0);
    }
}
