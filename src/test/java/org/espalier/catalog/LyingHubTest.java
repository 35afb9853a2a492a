package org.espalier.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.espalier.catalog.HttpFetch.Fetched;
import org.espalier.harness.HostileServer;
import org.espalier.harness.HostileServer.Reply;
import org.espalier.harness.HostileServer.Wire;
import org.espalier.model.EspalierException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A hub that lies, cuts, dawdles and misleads: every fetch ends, with the file or with one line that says why not. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class LyingHubTest {
    private static final int SILENCE_MILLIS = 500;
    private static final int LENGTH = 3_000_000;
    private static final byte[] FILE = new byte[LENGTH];
    private static final String SHA256;
    private static final Pattern RANGE = Pattern.compile("(?m)^Range: bytes=(\\d+)-");
    private static final String OK = "HTTP/1.1 200 OK\r\n";
    private static final String PARTIAL = "HTTP/1.1 206 Partial Content\r\n";
    private static final String MOVED = "HTTP/1.1 302 Found\r\n";
    private static final String EMPTY = "Content-Length: 0\r\nConnection: close\r\n\r\n";
    private static final String TAG = "ETag: \"one\"\r\n";

    static {
        new Random(18).nextBytes(FILE);
        MessageDigest digest = Sha256.digest();
        digest.update(FILE);
        SHA256 = Sha256.hex(digest);
    }

    @TempDir
    private Path temporary;

    /**
     * A behaviour.
     *
     * @param expected the pattern of what is said; null if the file is to be had nevertheless
     * @param pinned whether the digest is known to the one who asks
     */
    private record Lie(String name, String expected, boolean pinned, Reply reply) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static Lie lie(String name, String expected, Reply reply) {
        return new Lie(name, expected, false, reply);
    }

    private static Lie pinned(String name, String expected, Reply reply) {
        return new Lie(name, expected, true, reply);
    }

    private static Lie says(String name, String expected, String head) {
        return lie(name, expected, (request, number, wire) -> wire.send(head));
    }

    private static int from(String request) {
        Matcher range = RANGE.matcher(request);
        return range.find() ? Integer.parseInt(range.group(1)) : 0;
    }

    private static String length(long bytes) {
        return "Content-Length: " + bytes + "\r\n\r\n";
    }

    private static String range(long from, long last, String total) {
        return "Content-Range: bytes " + from + "-" + last + "/" + total + "\r\n";
    }

    private static byte[] bytes(int from, int to) {
        return Arrays.copyOfRange(FILE, from, to);
    }

    /** The honest answer to what is asked, at most so many bytes of it. */
    private static void honest(String request, Wire wire, String headers, int most) throws IOException {
        int from = from(request);
        String head = from == 0 ? OK : PARTIAL + range(from, LENGTH - 1, String.valueOf(LENGTH));
        wire.send(head + headers + length(LENGTH - from)).send(bytes(from, Math.min(LENGTH, from + most)));
    }

    static Stream<Lie> lies() {
        return Stream.of(
                says("closes at once", "no connection to|cut", ""),
                lie(
                        "says nothing",
                        "no connection to.*(timed out|headers do not end)",
                        (request, number, wire) -> wire.silence()),
                says("does not speak HTTP", "no connection to", "SSH-2.0-OpenSSH_9.2\r\n"),
                says("answers as HTTP 0.9 did", "no connection to", "<html>hello</html>"),
                lie("garbage without end", "no connection to", (request, number, wire) -> wire.forEver("\u0000\u00ff")),
                lie("a header line without end", "no connection to", (request, number, wire) -> {
                    wire.send(OK + "X: ").forEver("x");
                }),
                lie("header lines without end", "no connection to", (request, number, wire) -> {
                    wire.send(OK).forEver("X: y\r\n");
                }),
                lie("headers byte by byte", "no connection to", (request, number, wire) -> {
                    wire.send(OK + "X: ").drip("x", 100);
                }),
                lie("100 Continue without end", "100 Continue", (request, number, wire) -> {
                    wire.forEver("HTTP/1.1 100 Continue\r\n\r\n");
                }),
                says("no status", "no connection to|answers", "HTTP/1.1 OK\r\n\r\n"),
                says("a status that is none", "answers 999|no connection to", "HTTP/1.1 999 Odd\r\n" + EMPTY),
                says("204", "answers 204", "HTTP/1.1 204 No Content\r\n\r\n"),
                says("500 each time", "answers 500; the same command resumes", "HTTP/1.1 500 Oops\r\n" + EMPTY),
                says("429 each time", "answers 429; the same command resumes", "HTTP/1.1 429 Slow\r\n" + EMPTY),
                says("403", "needs a login", "HTTP/1.1 403 No\r\n" + EMPTY),
                says("410", "answers 410", "HTTP/1.1 410 Gone\r\n" + EMPTY),
                says(
                        "a redirect to a file",
                        "redirects to a file: address",
                        MOVED + "Location: file:///etc/passwd\r\n" + EMPTY),
                says("a redirect to FTP", "redirects to a ftp: address", MOVED + "Location: ftp://h/x\r\n" + EMPTY),
                says(
                        "a redirect into a jar",
                        "redirects to a jar: address",
                        MOVED + "Location: jar:file:///tmp/x.jar!/y\r\n" + EMPTY),
                says(
                        "a redirect without a host",
                        "redirects to a http: address",
                        MOVED + "Location: http:/x\r\n" + EMPTY),
                says("a redirect nowhere", "without an address", MOVED + EMPTY),
                says(
                        "a redirect to no address",
                        "something that is not an address",
                        MOVED + "Location: http://[::zz]/ x\r\n" + EMPTY),
                says("a redirect to itself", "in a circle", MOVED + "Location: /m.gguf\r\n" + EMPTY),
                lie("a redirect farther and farther", "in a circle", (request, number, wire) -> {
                    wire.send(MOVED + "Location: /m" + number + "\r\n" + EMPTY);
                }),
                lie("cuts at 1 MB, without validators", "restarted.*give its sha256", (request, number, wire) -> {
                    honest(request, wire, "", 1_000_000);
                }),
                pinned("cuts at 1 MB, without validators, digest known", null, (request, number, wire) -> {
                    honest(request, wire, "", 1_000_000);
                }),
                lie("cuts at 1 MB, with one", null, (request, number, wire) -> honest(request, wire, TAG, 1_000_000)),
                lie("cuts at 1 MB, with a weak one", "restarted", (request, number, wire) -> {
                    honest(request, wire, "ETag: W/\"one\"\r\n", 1_000_000);
                }),
                lie("cuts and ignores ranges", "restarted", (request, number, wire) -> {
                    wire.send(OK + TAG + length(LENGTH)).send(bytes(0, 1_000_000));
                }),
                lie("sends a byte at a time and cuts", "resumes where this one ended", (request, number, wire) -> {
                    honest(request, wire, TAG, 1);
                }),
                lie("sends nothing and cuts", "cut after 0 B", (request, number, wire) -> {
                    honest(request, wire, TAG, 0);
                }),
                lie("is another file each time", "restarted", (request, number, wire) -> {
                    wire.send(OK + "ETag: \"" + number + "\"\r\n" + length(LENGTH))
                            .send(bytes(0, 300_000 + 200_000 * number));
                }),
                lie(
                        "goes on with another file",
                        "changed while it was fetched; it was restarted",
                        (request, number, wire) -> {
                            honest(request, wire, "ETag: \"" + number + "\"\r\n", 1_000_000);
                        }),
                lie("416 after 200", "restarted", (request, number, wire) -> {
                    if (from(request) > 0) {
                        wire.send("HTTP/1.1 416 No\r\n" + TAG + EMPTY);
                    } else {
                        honest(request, wire, TAG, 1_000_000);
                    }
                }),
                says("416 at once", "416", "HTTP/1.1 416 No\r\n" + EMPTY),
                lie("416 because that is all", null, (request, number, wire) -> {
                    if (from(request) == LENGTH) {
                        wire.send("HTTP/1.1 416 No\r\nContent-Range: bytes */" + LENGTH + "\r\n" + TAG + EMPTY);
                    } else {
                        // Promises one byte too many.
                        wire.send(OK + TAG + length(LENGTH + 1)).send(FILE);
                    }
                }),
                lie("goes on elsewhere", "asked to continue at byte 1000000", (request, number, wire) -> {
                    int from = from(request);
                    if (from == 0) {
                        honest(request, wire, TAG, 1_000_000);
                    } else {
                        wire.send(PARTIAL + TAG + range(from - 5, LENGTH - 1, "*") + length(LENGTH - from + 5));
                    }
                }),
                lie(
                        "a range that lies about its length",
                        "asked to continue at byte 1000000",
                        (request, number, wire) -> {
                            int from = from(request);
                            if (from == 0) {
                                honest(request, wire, TAG, 1_000_000);
                            } else {
                                wire.send(PARTIAL + TAG + range(from, LENGTH - 1, "*") + length(10))
                                        .send(new byte[10]);
                            }
                        }),
                lie("a range beyond its own end", "asked to continue at byte 1000000", (request, number, wire) -> {
                    if (from(request) == 0) {
                        honest(request, wire, TAG, 1_000_000);
                    } else {
                        wire.send(PARTIAL + TAG + range(1_000_000, LENGTH - 1, "5") + length(LENGTH - 1_000_000));
                    }
                }),
                lie("a range that is none", "asked to continue at byte 1000000", (request, number, wire) -> {
                    if (from(request) == 0) {
                        honest(request, wire, TAG, 1_000_000);
                    } else {
                        wire.send(PARTIAL + TAG + "Content-Range: \u001b[31mall of it\r\n" + length(5))
                                .send("12345");
                    }
                }),
                lie("ranges in small pieces", null, (request, number, wire) -> {
                    int from = from(request);
                    int to = Math.min(LENGTH, from + 1_000_000);
                    if (from == 0) {
                        honest(request, wire, TAG, 1_000_000);
                    } else {
                        wire.send(PARTIAL + TAG + range(from, to - 1, String.valueOf(LENGTH)) + length(to - from))
                                .send(bytes(from, to));
                    }
                }),
                says(
                        "a part that nobody asked for",
                        "was asked to continue at byte 0",
                        PARTIAL + TAG + range(0, 9, "10") + length(10) + "0123456789"),
                pinned("more bytes than it says", null, (request, number, wire) -> {
                    wire.send(OK + TAG + length(LENGTH)).send(FILE).send("and more");
                }),
                pinned("fewer bytes than the file has", "has SHA-256", (request, number, wire) -> {
                    wire.send(OK + TAG + length(1000)).send(bytes(0, 1000));
                }),
                says("more bytes than a disk holds", "the disk has", OK + length(Long.MAX_VALUE)),
                lie("bytes without end", "the disk has|length the server does not state", (request, number, wire) -> {
                    wire.send(OK + "Connection: close\r\n\r\n").forEver("0123456789abcdef");
                }),
                lie("silence after the headers", "timed out", (request, number, wire) -> {
                    wire.send(OK + TAG + length(LENGTH)).silence();
                }),
                lie("the body byte by byte", "almost nothing|timed out", (request, number, wire) -> {
                    wire.send(OK + TAG + length(LENGTH)).drip("x", 100);
                }),
                lie("chunks that are none", "cut|no connection", (request, number, wire) -> {
                    wire.send(OK + "Transfer-Encoding: chunked\r\n\r\nzz\r\n");
                }),
                lie("a chunk that ends early", "cut", (request, number, wire) -> {
                    wire.send(OK + "Transfer-Encoding: chunked\r\n\r\n10000\r\nabc");
                }),
                says("packed", "compressed", OK + "Content-Encoding: gzip\r\n" + length(3) + "abc"),
                pinned("a digest that is another's", "has SHA-256", (request, number, wire) -> {
                    wire.send(OK + "X-Linked-ETag: \"" + SHA256 + "\"\r\n" + length(3))
                            .send("abc");
                }),
                lie("a digest that is not the file's", "not " + "0".repeat(64), (request, number, wire) -> {
                    honest(request, wire, TAG + "X-Linked-ETag: \"" + "0".repeat(64) + "\"\r\n", LENGTH);
                }),
                lie("lengths that disagree", "connection|disk|cut|hardly|SHA-256", (request, number, wire) -> {
                    wire.send(OK + TAG + "Content-Length: 10\r\n" + length(LENGTH))
                            .send(bytes(0, 10));
                }));
    }

    private Fetched fetch(HostileServer server, Map<String, String> environment, String sha256) throws IOException {
        HttpSource source = new HttpSource(environment, server.uri(""), SILENCE_MILLIS);
        Path folder = temporary.resolve("m.partial");
        // A disk that fills up soon.
        long disk = 700_000_000;
        return new HttpFetch(
                        source,
                        server.uri("/m.gguf"),
                        folder,
                        where -> disk
                                - (Files.exists(folder.resolve("model")) ? Files.size(folder.resolve("model")) : 0),
                        (done, total) -> {},
                        1)
                .run(sha256);
    }

    @ParameterizedTest
    @MethodSource("lies")
    void theFetchEndsAndSaysWhy(Lie lie) throws IOException {
        try (HostileServer server = new HostileServer(lie.reply())) {
            Fetched fetched;
            try {
                fetched = fetch(server, Map.of(), lie.pinned() ? SHA256 : null);
            } catch (EspalierException e) {
                assertThat(e.getMessage().lines()).hasSize(1);
                assertThat(e.getMessage()).hasSizeLessThan(600).doesNotContain("Exception", "java.");
                assertThat(lie.expected()).as(e.getMessage()).isNotNull();
                assertThat(e.getMessage()).containsPattern(lie.expected());
                assertThat(server.requests()).hasSizeLessThan(40);
                return;
            }
            if (lie.expected() != null && !lie.name().equals("lengths that disagree")) {
                fail("it was taken: " + lie);
            }
            if (lie.expected() == null) {
                assertThat(fetched.file()).hasBinaryContent(FILE);
            }
        }
    }

    @Test
    void thereAreEnoughOfThem() {
        assertThat(lies()).hasSizeGreaterThanOrEqualTo(44);
    }

    @Test
    void theTokenStaysWithTheHub() throws IOException {
        Map<String, String> environment = new HashMap<>(Map.of("HF_TOKEN", "secret"));
        try (HostileServer other = new HostileServer((request, number, wire) -> honest(request, wire, TAG, LENGTH));
                HostileServer hub = new HostileServer((request, number, wire) -> {
                    String there = other.uri("/blob").toString();
                    String to = List.of(there, there.replace("127.0.0.1", "localhost"))
                            .get(number % 2);
                    wire.send(MOVED + "Location: " + to + "\r\n" + EMPTY);
                })) {
            fetch(hub, environment, SHA256);
            assertThat(hub.requests()).isNotEmpty().allMatch(head -> head.contains("Authorization: Bearer secret"));
            assertThat(other.requests()).isNotEmpty().noneMatch(head -> head.contains("secret"));
        }
    }
}
