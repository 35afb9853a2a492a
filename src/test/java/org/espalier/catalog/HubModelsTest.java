package org.espalier.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.espalier.gguf.GgufWriter;
import org.espalier.model.EspalierException;
import org.espalier.model.FetchListener;
import org.espalier.model.UsageException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models of the catalogue that come from a hub: with a digest, and without one. */
class HubModelsTest {
    private static final byte[] MODEL = new GgufWriter()
            .text("general.architecture", "llama")
            .text("general.name", "Tiny")
            .tensor("t", 64)
            .toBytes();

    @TempDir
    private Path temporary;

    private final Map<String, String> environment = new HashMap<>();
    private final List<String> trusted = new ArrayList<>();
    private FileServer server;

    private final FetchListener listener = new FetchListener() {
        @Override
        public void trustedAtFirstUse(String name, String sha256) {
            trusted.add(name + " " + sha256);
        }
    };

    @BeforeEach
    void serve() throws IOException {
        server = new FileServer().holds(MODEL, "\"one\"");
        environment.put("HF_ENDPOINT", server.uri("/").toString());
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private ModelStore store(String sha256) {
        String yaml = """
                defaultPolicy: known
                models:
                  - {name: known, description: d, role: policy, licence: MIT, bytes: %d, %s
                     from: 'hub:owner/Repo-GGUF/Tiny-Q4_K_M.gguf'}
                """.formatted(MODEL.length, sha256.isEmpty() ? "" : "sha256: " + sha256 + ",");
        return TestStore.of(yaml, temporary, environment);
    }

    private static String digest(byte[] bytes) {
        return Sha256.hex(withBytes(bytes));
    }

    private static MessageDigest withBytes(byte[] bytes) {
        MessageDigest digest = Sha256.digest();
        digest.update(bytes);
        return digest;
    }

    @Test
    void theFirstFetchOfAModelWithoutADigestIsTrustedAndSaidSo() throws IOException {
        ModelFile file = store("").resolve("known", listener);

        assertThat(file.path()).hasBinaryContent(MODEL);
        assertThat(file.sha256()).isEqualTo(digest(MODEL));
        assertThat(trusted).containsExactly("known " + digest(MODEL));
        assertThat(store("").resolve("known", listener)).isEqualTo(file);
        assertThat(store("").isPinned(file)).isFalse();
        assertThat(trusted).hasSize(1);
    }

    @Test
    void anotherFileIsRefusedFromThenOn() throws IOException {
        Path path = store("").resolve("known", listener).path();
        Files.delete(path);
        server.holds(other(), "\"two\"");

        assertThatThrownBy(() -> store("").resolve("known", listener))
                .isInstanceOf(EspalierException.class)
                .hasMessageContaining("has SHA-256 " + digest(other()) + ", not " + digest(MODEL));
        server.holds(MODEL, "\"one\"");
        assertThat(store("").resolve("known", listener).path()).hasBinaryContent(MODEL);
    }

    private static byte[] other() {
        return new GgufWriter()
                .text("general.architecture", "qwen2")
                .tensor("t", 64)
                .toBytes();
    }

    @Test
    void whatIsNoModelIsNotTrusted() {
        server.holds("<html>come back later</html>".getBytes(StandardCharsets.UTF_8), "\"one\"");
        assertThatThrownBy(() -> store("").resolve("known", listener))
                .isInstanceOf(EspalierException.class)
                .hasMessageContaining("cannot fetch known: what came");
        server.holds(MODEL, "\"one\"");
        assertThat(store("").resolve("known", listener).path()).hasBinaryContent(MODEL);
    }

    @Test
    void aPointerOfLargeFileStorageIsCalledWhatItIs() {
        server.holds(
                "version https://git-lfs.github.com/spec/v1\noid sha256:%s\nsize 4000000000\n"
                        .formatted("a".repeat(64))
                        .getBytes(StandardCharsets.UTF_8),
                "\"one\"");
        for (String sha256 : List.of("", digest(MODEL))) {
            assertThatThrownBy(() -> store(sha256).resolve("known", listener))
                    .isInstanceOf(EspalierException.class)
                    .hasMessageContaining("sends Git LFS's pointer to the file, not the file")
                    .hasMessageNotContaining("resumes");
        }
    }

    @Test
    void aDigestThatTheHubStatesIsNoTrust() {
        server.adds("X-Linked-ETag", "\"" + digest(MODEL) + "\"");

        assertThat(store("").resolve("known", listener).path()).hasBinaryContent(MODEL);
        assertThat(trusted).isEmpty();
    }

    @Test
    void aFileThatWasPutIntoItsPlaceIsTakenIfItIsAModel() throws IOException {
        Path place = store("").path(store("").catalog().get("known"));
        Files.createDirectories(place.getParent());
        Files.write(place, MODEL);

        assertThat(store("").resolve("known", listener).sha256()).isEqualTo(digest(MODEL));
        assertThat(server.requests()).isEmpty();
    }

    @Test
    void aLargeDownloadCanBeRefused() {
        FetchListener refusing = new FetchListener() {
            @Override
            public boolean allows(String name, long bytes) {
                assertThat(name).isEqualTo("known");
                assertThat(bytes).isEqualTo(MODEL.length);
                return false;
            }
        };

        assertThatThrownBy(() -> store("").resolve("known", refusing))
                .isInstanceOf(UsageException.class)
                .hasMessageStartingWith("known is not on this disk: `espalier models fetch known` gets it (");
        assertThat(server.requests()).isEmpty();
    }

    @Test
    void aFileThatAnotherToolHasIsUsedWhereItLies() throws IOException {
        Path file = temporary.resolve("home/.lmstudio/models/owner/Repo-GGUF/tiny-q4_k_m.gguf");
        Files.createDirectories(file.getParent());
        Files.write(file, MODEL);
        ModelStore store = store(digest(MODEL));
        CatalogEntry entry = store.catalog().get("known");

        assertThat(store.isPresent(entry)).isTrue();
        assertThat(store.placeElsewhere(entry)).contains(file);
        assertThat(store.resolve("known", listener)).isEqualTo(new ModelFile("known", file, digest(MODEL)));
        assertThat(server.requests()).isEmpty();
    }

    @Test
    void aFileOfTheSameNameAndSizeButOtherBytesIsNotUsed() throws IOException {
        Path file = temporary.resolve("home/.lmstudio/models/owner/Repo-GGUF/tiny-q4_k_m.gguf");
        Files.createDirectories(file.getParent());
        byte[] changed = MODEL.clone();
        changed[changed.length - 1]++;
        Files.write(file, changed);

        ModelFile fetched = store(digest(MODEL)).resolve("known", listener);
        assertThat(fetched.path()).startsWith(temporary.resolve("models")).hasBinaryContent(MODEL);
    }

    @Test
    void aBlobOfOllamaIsKnownByItsDigest() throws IOException {
        Path ollama = temporary.resolve("home/.ollama/models");
        Path blob = ollama.resolve("blobs/sha256-" + digest(MODEL));
        Path manifest = ollama.resolve("manifests/host/library/tiny/latest");
        Files.createDirectories(blob.getParent());
        Files.createDirectories(manifest.getParent());
        Files.write(blob, MODEL);
        Files.writeString(manifest, """
                {"layers": [{"mediaType": "application/vnd.ollama.image.model", "digest": "sha256:%s"}]}
                """.formatted(digest(MODEL)));

        assertThat(store(digest(MODEL)).resolve("known", listener).path()).isEqualTo(blob);
        assertThat(server.requests()).isEmpty();
    }

    @Test
    void theRealPairsOfTheCatalogueComeFromAHub() {
        Catalog catalog = Catalog.bundled();
        for (String name : List.of(
                "llama-3.2-1b-instruct",
                "llama-3.2-3b-instruct",
                "qwen2.5-math-1.5b-instruct",
                "qwen3-1.7b",
                "qwen3-4b")) {
            CatalogEntry entry = catalog.get(name);
            assertThat(entry.role()).isEqualTo(CatalogEntry.Role.POLICY);
            assertThat(entry.sha256()).hasSize(64);
            assertThat(entry.from()).get().asString().startsWith("hub:").endsWith(".gguf");
        }
        assertThat(catalog.get("llama3.1-8b-prm-deepseek-data").profile()).contains("rlhflow");
    }
}
