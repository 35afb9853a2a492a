package org.espalier.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.espalier.catalog.ModelAdder.Added;
import org.espalier.gguf.GgufWriter;
import org.espalier.gguf.HeadFormat;
import org.espalier.model.EspalierException;
import org.espalier.model.FetchListener;
import org.espalier.model.UsageException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelAdderTest {
    private static final byte[] MODEL = new GgufWriter()
            .text("general.architecture", "llama")
            .text("general.name", "Tiny")
            .tensor("t", 64)
            .toBytes();

    private static final ModelAdder.Profiles PROFILES =
            (header, called) -> called.endsWith("known-prm.gguf") ? Optional.of("its-profile") : Optional.empty();

    @TempDir
    private Path temporary;

    private final Map<String, String> environment = new HashMap<>();
    private FileServer server;

    @BeforeEach
    void serve() throws IOException {
        server = new FileServer().holds(MODEL, "\"one\"");
        environment.put("HF_ENDPOINT", server.uri("/mirror/").toString());
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private ModelStore store() {
        return new ModelStore(
                Catalog.bundled(),
                temporary.resolve("models"),
                new PipSource(),
                folder -> Long.MAX_VALUE,
                new BundledModels(),
                new ModelStore.StoreEnvironment(environment, new FoundModels(Map.of(), temporary)));
    }

    private Added add(String source, String name, String sha256) {
        return new ModelAdder(store(), PROFILES, FetchListener.NONE, 1).add(source, name, sha256);
    }

    @Test
    void aFileOfTheHubIsKnownByItsNameFromThenOn() throws IOException {
        Added added = add("hub:owner/Repo-GGUF/sub/Tiny-Q8_0.gguf", null, null);

        assertThat(server.requests())
                .extracting(FileServer.Request::path)
                .containsExactly("/mirror/owner/Repo-GGUF/resolve/main/sub/Tiny-Q8_0.gguf");
        assertThat(added.trustedAtFirstUse()).isTrue();
        assertThat(added.file().name()).isEqualTo("tiny-q8_0");
        ModelFile again = store().resolve("Tiny-Q8_0", FetchListener.NONE);
        assertThat(again).isEqualTo(added.file());
        assertThat(again.path()).hasBinaryContent(MODEL);
        assertThat(again.sha256()).isEqualTo(added.sha256());
        assertThat(server.requests()).isEmpty();
        assertThat(temporary.resolve("models/tiny-q8_0.partial")).doesNotExist();
    }

    @Test
    void aFileThatWasDeletedIsFetchedAgainAndCheckedAgainstTheFirst() throws IOException {
        Added added = add("hub:owner/repo@v1.0/tiny.gguf", "mine", null);
        Files.delete(added.file().path());
        server.requests();
        assertThat(store().resolve("mine", FetchListener.NONE).path()).hasBinaryContent(MODEL);
        assertThat(server.requests())
                .extracting(FileServer.Request::path)
                .containsExactly("/mirror/owner/repo/resolve/v1.0/tiny.gguf");

        Files.delete(added.file().path());
        server.holds(new GgufWriter().text("general.architecture", "qwen2").toBytes(), "\"two\"");
        assertThatThrownBy(() -> store().resolve("mine", FetchListener.NONE))
                .isInstanceOf(EspalierException.class)
                .hasMessageContaining("cannot fetch mine")
                .hasMessageContaining("not " + added.sha256());
    }

    @Test
    void aMirrorOfItsOwnComesFirst() throws IOException {
        try (FileServer mirror = new FileServer().holds(MODEL, "\"m\"")) {
            environment.put("ESPALIER_HUB", mirror.uri("").toString());
            add("hub:o/r/m.gguf", null, null);
            assertThat(mirror.requests()).hasSize(1);
            assertThat(server.requests()).isEmpty();

            new ModelAdder(store().withHub(server.uri("/x").toString()), PROFILES, FetchListener.NONE, 1)
                    .add("hub:o/r/n.gguf", null, null);
            assertThat(server.requests())
                    .extracting(FileServer.Request::path)
                    .containsExactly("/x/o/r/resolve/main/n.gguf");
        }
    }

    @Test
    void aDigestThatIsGivenIsChecked() {
        assertThatThrownBy(() -> add(server.uri("/m.gguf").toString(), null, "0".repeat(64)))
                .isInstanceOf(EspalierException.class)
                .hasMessageContaining("has SHA-256");
        assertThatThrownBy(() -> add("hub:o/r/m.gguf", null, "xyz"))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("sha256 takes");
    }

    @Test
    void whatIsNoModelIsNotAdded() {
        server.holds("<!doctype html>".getBytes(StandardCharsets.UTF_8), "\"h\"");
        assertThatThrownBy(() -> add(server.uri("/m.gguf").toString(), null, null))
                .isInstanceOf(EspalierException.class)
                .hasMessageContaining("what came is not a GGUF file");
        assertThat(temporary.resolve("models/m.partial")).doesNotExist();
        assertThat(temporary.resolve("models/own-models.yaml")).doesNotExist();
    }

    @Test
    void aFileOfThisMachineIsCopied() throws IOException {
        Path file = Files.write(temporary.resolve("My Model.gguf"), MODEL);
        Added added = add(file.toString(), null, null);
        assertThat(added.file().name()).isEqualTo("my-model");
        Files.delete(file);
        assertThat(store().resolve("my-model", FetchListener.NONE).path()).hasBinaryContent(MODEL);
        Files.delete(added.file().path());
        assertThatThrownBy(() -> store().resolve("my-model", FetchListener.NONE))
                .hasMessageContaining("it was made of " + file);
    }

    @Test
    void refusesNamesAndSourcesThatCannotBe() {
        assertThatThrownBy(() -> add("hub:o/r/m.gguf", "Arith Small", null))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("cannot be the name");
        assertThatThrownBy(() -> add("hub:o/r/m.gguf", "arith-small", null))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("give another one with name");
        assertThatThrownBy(() -> add("hub:o/m.gguf", null, null))
                .hasMessageContaining("hub:owner/repository/file.gguf");
        assertThatThrownBy(() -> add("/no/such.gguf", null, null))
                .hasMessageContaining("there is no file /no/such.gguf");
        assertThat(List.of("hub:o/r/f", "https://h/f", "./f.gguf", "f.gguf")).allMatch(ModelAdder::isSource);
        assertThat(ModelAdder.isSource("smollm2")).isFalse();
    }

    @Test
    void saysHowToDoWithout() {
        server.answers(404);
        assertThatThrownBy(() -> add("hub:o/r/m.gguf", null, null))
                .isInstanceOf(EspalierException.class)
                .hasMessageStartingWith("cannot fetch hub:o/r/m.gguf: 127.0.0.1:")
                .hasMessageEndingWith("add it by its path with name m");
    }

    @Test
    void aModelOfAnotherToolIsUsedWhereItLies() throws IOException {
        Path file = Files.createDirectories(temporary.resolve(".lmstudio/models/pub/repo"))
                .resolve("Theirs.gguf");
        Files.write(file, MODEL);
        assertThat(store().resolve("theirs", FetchListener.NONE)).isEqualTo(new ModelFile("Theirs", file, null));
        assertThat(store().resolve("pub/repo/Theirs", FetchListener.NONE).path())
                .isEqualTo(file);
    }

    @Test
    void aDamagedListOfOwnModelsIsNamed() throws IOException {
        Files.createDirectories(temporary.resolve("models"));
        Files.writeString(temporary.resolve("models/own-models.yaml"), "models: 3");
        assertThatThrownBy(this::store)
                .isInstanceOf(EspalierException.class)
                .hasMessageContaining("own-models.yaml is not a catalogue of models");
    }

    @Test
    void aPrmIsKnownAsOneByItsFilesNameAndKeepsItsHead() throws IOException {
        Path prm = Files.write(temporary.resolve("known-prm.gguf"), MODEL);
        Path head = Files.writeString(temporary.resolve("known-prm.head.gguf"), "a head");
        Path added = add(prm.toString(), "mine", null).file().path();
        CatalogEntry entry = store().catalog().get("mine");
        assertThat(entry.role()).isEqualTo(CatalogEntry.Role.PRM);
        assertThat(entry.profile()).as("the head's file says it").isEmpty();
        assertThat(HeadFormat.beside(added))
                .hasValueSatisfying(kept -> assertThat(kept).hasSameTextualContentAs(head));

        Files.delete(head);
        add(prm.toString(), "mine", null);
        assertThat(HeadFormat.beside(added)).isEmpty();
        entry = store().catalog().get("mine");
        assertThat(entry.role()).isEqualTo(CatalogEntry.Role.PRM);
        assertThat(entry.profile()).contains("its-profile");
        assertThat(add(server.uri("/x/other.gguf").toString(), "other", null)
                        .file()
                        .name())
                .isEqualTo("other");
        assertThat(store().catalog().get("other").role()).isEqualTo(CatalogEntry.Role.POLICY);
    }

    @Test
    void aModelInPiecesIsFetchedWhole() throws IOException {
        Added added = add("hub:o/r/Big-00002-of-00003.gguf", null, null);
        assertThat(server.requests())
                .extracting(FileServer.Request::path)
                .containsExactly(
                        "/mirror/o/r/resolve/main/Big-00001-of-00003.gguf",
                        "/mirror/o/r/resolve/main/Big-00002-of-00003.gguf",
                        "/mirror/o/r/resolve/main/Big-00003-of-00003.gguf");
        Path first = temporary.resolve("models/big-00001-of-00003.gguf");
        assertThat(added.file().name()).isEqualTo("big");
        assertThat(added.file().path()).isEqualTo(first);
        assertThat(store().catalog().get("big").bytes()).isEqualTo(3L * MODEL.length);
        assertThat(store().resolve("big", FetchListener.NONE)).isEqualTo(added.file());
        assertThat(server.requests()).isEmpty();

        Path last = temporary.resolve("models/big-00003-of-00003.gguf");
        Files.delete(last);
        assertThat(store().isPresent(store().catalog().get("big"))).isFalse();
        assertThat(store().resolve("big", FetchListener.NONE).sha256()).isEqualTo(added.sha256());
        assertThat(last).hasBinaryContent(MODEL);

        server.holds(new GgufWriter().text("general.architecture", "qwen2").toBytes(), "\"two\"");
        Files.delete(first);
        assertThatThrownBy(() -> store().resolve("big", FetchListener.NONE))
                .isInstanceOf(EspalierException.class)
                .hasMessageContaining("not " + added.sha256());
    }

    @Test
    void aModelInPiecesOfThisMachineIsCopiedWhole() throws IOException {
        Path first = Files.write(temporary.resolve("Mine-00001-of-00002.gguf"), MODEL);
        assertThatThrownBy(() -> add(first.toString(), null, null))
                .isInstanceOf(EspalierException.class)
                .hasMessageContaining("Mine-00002-of-00002.gguf is missing");
        Path second = Files.write(temporary.resolve("Mine-00002-of-00002.gguf"), MODEL);
        assertThat(add(second.toString(), null, null).file().path())
                .isEqualTo(temporary.resolve("models/mine-00001-of-00002.gguf"));
        assertThat(temporary.resolve("models/mine-00002-of-00002.gguf")).hasBinaryContent(MODEL);
        assertThat(store().resolve(second.toString(), FetchListener.NONE).path())
                .isEqualTo(first);
        Files.delete(first);
        assertThatThrownBy(() -> store().resolve(second.toString(), FetchListener.NONE))
                .isInstanceOf(EspalierException.class)
                .hasMessageContaining("Mine-00001-of-00002.gguf is missing");
    }
}
