package org.espalier.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.espalier.catalog.FileServer.Request;
import org.espalier.catalog.HttpFetch.Fetched;
import org.espalier.model.EspalierException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HttpFetchTest {
    @TempDir
    private Path temporary;

    private final byte[] bytes = new byte[1_000_000];
    private final Map<String, String> environment = new HashMap<>();
    private final List<Long> progress = new ArrayList<>();
    private FileServer server;
    private Path folder;
    private String sha256;
    private long free = Long.MAX_VALUE;

    @BeforeEach
    void serve() throws IOException {
        new Random(7).nextBytes(bytes);
        server = new FileServer().holds(bytes, "\"one\"");
        folder = temporary.resolve("tiny.partial");
        MessageDigest digest = Sha256.digest();
        digest.update(bytes);
        sha256 = Sha256.hex(digest);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private Fetched fetch(String path, String expected) throws IOException {
        return fetch(server.uri(path), server.uri(""), expected);
    }

    private Fetched fetch(URI address, URI hub, String expected) throws IOException {
        HttpSource source = new HttpSource(environment, hub);
        return new HttpFetch(source, address, folder, where -> free, (done, total) -> progress.add(done), 1)
                .run(expected);
    }

    @Test
    void fetchesAFileAndItsDigest() throws IOException {
        Fetched fetched = fetch("/m.gguf", null);

        assertThat(fetched.file()).hasBinaryContent(bytes);
        assertThat(fetched).isEqualTo(new Fetched(folder.resolve("model"), bytes.length, sha256, false));
        assertThat(progress).isSorted().endsWith((long) bytes.length);
        assertThat(server.requests()).containsExactly(new Request("/m.gguf", null, null, null));
    }

    @Test
    void goesOnAfterACutConnectionWhereItWasCut() throws IOException {
        server.cuts(2, 300_000);

        assertThat(fetch("/m.gguf", sha256).file()).hasBinaryContent(bytes);

        assertThat(server.requests())
                .containsExactly(
                        new Request("/m.gguf", null, null, null),
                        new Request("/m.gguf", "bytes=300000-", "\"one\"", null),
                        new Request("/m.gguf", "bytes=600000-", "\"one\"", null));
    }

    @Test
    void goesOnAfterAKill() throws IOException {
        server.cuts(1, 400_000);
        failAfterTheFirstCut();

        server.answers(0);
        assertThat(fetch("/m.gguf", null).file()).hasBinaryContent(bytes);
        assertThat(server.requests()).containsExactly(new Request("/m.gguf", "bytes=400000-", "\"one\"", null));
    }

    private void failAfterTheFirstCut() {
        assertThatThrownBy(() -> new HttpFetch(
                                new HttpSource(environment, server.uri("")),
                                server.uri("/m.gguf"),
                                folder,
                                where -> free,
                                (done, total) -> {
                                    if (done > 0) {
                                        server.answers(404);
                                    }
                                },
                                1)
                        .run(null))
                .isInstanceOf(EspalierException.class);
        assertThat(folder.resolve("model")).hasSize(400_000);
        server.requests();
    }

    @Test
    void aFileThatHasChangedMeanwhileBeginsAnew() throws IOException {
        server.cuts(1, 400_000);
        failAfterTheFirstCut();
        byte[] other = new byte[500_000];
        server.answers(0).holds(other, "\"two\"");

        assertThat(fetch("/m.gguf", null).file()).hasBinaryContent(other);
        assertThat(server.requests()).containsExactly(new Request("/m.gguf", "bytes=400000-", "\"one\"", null));
    }

    @Test
    void anotherAddressBeginsAnew() throws IOException {
        server.cuts(1, 400_000);
        failAfterTheFirstCut();
        server.answers(0);

        assertThat(fetch("/n.gguf", null).file()).hasBinaryContent(bytes);
        assertThat(server.requests()).containsExactly(new Request("/n.gguf", null, null, null));
    }

    @Test
    void aServerWithoutRangesOrValidatorsSendsAllAgain() throws IOException {
        server.holds(bytes, null).cuts(1, 300_000);
        assertThat(fetch("/m.gguf", null).file()).hasBinaryContent(bytes);
        assertThat(server.requests())
                .as("without a digest nothing says that the rest belongs to the beginning")
                .containsExactly(new Request("/m.gguf", null, null, null), new Request("/m.gguf", null, null, null));

        FileTree.delete(folder);
        server.cuts(1, 300_000);
        assertThat(fetch("/m.gguf", sha256).file()).hasBinaryContent(bytes);
        assertThat(server.requests())
                .containsExactly(
                        new Request("/m.gguf", null, null, null), new Request("/m.gguf", "bytes=300000-", null, null));

        FileTree.delete(folder);
        server.ignoresRanges().cuts(1, 300_000);
        assertThat(fetch("/m.gguf", sha256).file()).hasBinaryContent(bytes);
    }

    @Test
    void refusesOtherBytesAndForgetsThem() {
        assertThatThrownBy(() -> fetch("/m.gguf", "0".repeat(64)))
                .isInstanceOf(EspalierException.class)
                .hasMessage("/m.gguf has SHA-256 %s, not %s", sha256, "0".repeat(64));
        assertThat(folder).doesNotExist();
    }

    @Test
    void checksTheDigestThatTheHubStates() throws IOException {
        server.adds("X-Linked-ETag", '"' + sha256 + '"');
        assertThat(fetch("/m.gguf", null).stated()).isTrue();

        FileTree.delete(folder);
        server.adds("X-Linked-ETag", '"' + "1".repeat(64) + '"');
        assertThatThrownBy(() -> fetch("/m.gguf", null)).hasMessageContaining("not " + "1".repeat(64));
    }

    @Test
    void theTokenGoesToTheHubAndNotWhereItSendsOn() throws IOException {
        environment.put("HF_TOKEN", "secret");
        try (FileServer elsewhere = new FileServer().holds(bytes, "\"x\"")) {
            server.sendsOn("/m.gguf", "/moved.gguf")
                    .sendsOn("/moved.gguf", elsewhere.uri("/blob?sig=1").toString());

            assertThat(fetch("/m.gguf", sha256).file()).hasBinaryContent(bytes);

            assertThat(server.requests()).extracting(Request::authorization).containsOnly("Bearer secret");
            assertThat(elsewhere.requests()).containsExactly(new Request("/blob", null, null, null));

            FileTree.delete(folder);
            fetch(elsewhere.uri("/own.gguf"), server.uri(""), null);
            assertThat(elsewhere.requests()).extracting(Request::authorization).containsOnlyNulls();
        }
    }

    @Test
    void saysWhatTheServerRefuses() {
        server.answers(401);
        assertThatThrownBy(() -> fetch("/m.gguf", null))
                .hasMessageContaining("answers 401: this needs a login; set HF_TOKEN");
        environment.put("HF_TOKEN", "secret");
        server.answers(403);
        assertThatThrownBy(() -> fetch("/m.gguf", null))
                .hasMessageContaining("the token in HF_TOKEN may not read this")
                .hasMessageNotContaining("secret");
        server.answers(404);
        assertThatThrownBy(() -> fetch("/m.gguf", null)).hasMessageContaining("has no /m.gguf (404)");
        assertThat(server.requests()).as("none was tried again").hasSize(3);
        server.answers(0).sendsOn("/m.gguf", "/m.gguf");
        assertThatThrownBy(() -> fetch("/m.gguf", null)).hasMessageContaining("in a circle");
    }

    @Test
    void triesAServerInTroubleAFewTimes() {
        server.answers(503);
        assertThatThrownBy(() -> fetch("/m.gguf", null))
                .isInstanceOf(EspalierException.class)
                .hasMessageContaining("answers 503; the same command resumes");
        assertThat(server.requests()).hasSize(5);
    }

    @Test
    void saysThatNothingIsThere() throws IOException {
        int port;
        try (ServerSocket socket = new ServerSocket(0)) {
            port = socket.getLocalPort();
        }
        URI nobody = URI.create("http://127.0.0.1:" + port + "/m.gguf");
        assertThatThrownBy(() -> fetch(nobody, nobody, null))
                .isInstanceOf(EspalierException.class)
                .hasMessageContaining("no connection to 127.0.0.1:" + port);
        environment.put("HF_HUB_OFFLINE", "1");
        assertThatThrownBy(() -> fetch("/m.gguf", null)).hasMessageContaining("HF_HUB_OFFLINE is set");
    }

    @Test
    void asksForSpaceFirst() {
        free = 5_000_000;
        assertThatThrownBy(() -> fetch("/m.gguf", null))
                .hasMessage("the disk has 5.0 MB free, the fetch needs 17.0 MB");
    }

    @Test
    void goesThroughTheProxy() throws IOException {
        environment.put("http_proxy", server.uri("").toString());
        URI far = URI.create("http://models.invalid/m.gguf");
        assertThat(fetch(far, far, sha256).file()).hasBinaryContent(bytes);

        FileTree.delete(folder);
        environment.put("http_proxy", "http://127.0.0.1:1");
        assertThatThrownBy(() -> fetch(far, far, sha256))
                .hasMessageContaining("no connection to the proxy 127.0.0.1:1 (of http_proxy): Connection refused");
        environment.put("no_proxy", "invalid");
        assertThatThrownBy(() -> fetch(far, far, sha256)).hasMessageContaining("no host models.invalid");
    }
}
