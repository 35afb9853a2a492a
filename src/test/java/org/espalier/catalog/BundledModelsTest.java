package org.espalier.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import org.espalier.catalog.CatalogEntry.Role;
import org.espalier.model.EspalierException;
import org.espalier.model.FetchListener;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BundledModelsTest {
    private static final String FILE = "tiny-f16.gguf";

    @TempDir
    Path temporary;

    private final byte[] bytes = new byte[300_000];
    private final AtomicInteger lookUps = new AtomicInteger();
    private CatalogEntry model;
    private Path cache;
    private Path jar;
    private URLClassLoader loader;

    @BeforeEach
    void packAJar() throws IOException {
        new Random(1).nextBytes(bytes);
        model = entry(bytes);
        cache = temporary.resolve("cache/models");
        jar = Files.createDirectory(temporary.resolve("a folder")).resolve("espalier.jar");
        pack(bytes);
    }

    private CatalogEntry entry(byte[] content) throws IOException {
        String sha256 = Sha256.of(Files.write(temporary.resolve("content"), content));
        return new CatalogEntry(
                "tiny",
                "for tests",
                Role.POLICY,
                "none",
                content.length,
                sha256,
                List.of(),
                Optional.of(FILE),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    private void pack(byte[] content) throws IOException {
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar))) {
            out.putNextEntry(new JarEntry(BundledModels.FOLDER + FILE));
            out.write(content);
        }
        loader = new URLClassLoader(new URL[] {jar.toUri().toURL()}, null);
    }

    @AfterEach
    void closeTheJar() throws IOException {
        loader.close();
    }

    private ModelStore store() {
        return store(name -> {
            lookUps.incrementAndGet();
            return loader.getResource(name);
        });
    }

    private ModelStore store(Function<String, URL> resources) {
        PipSource none = new PipSource(List.of());
        return new ModelStore(
                Catalog.bundled(),
                cache,
                none,
                folder -> 0,
                new BundledModels(resources),
                ModelStore.StoreEnvironment.of(Map.of()));
    }

    private static URL url(Path file) {
        try {
            return file.toUri().toURL();
        } catch (MalformedURLException e) {
            throw new UncheckedIOException(e);
        }
    }

    private ModelFile fetch() {
        return store().fetch(model, FetchListener.NONE);
    }

    private List<String> cached() throws IOException {
        try (Stream<Path> files = Files.list(cache)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void aPlainFileIsUsedInPlace() throws IOException {
        Path file = Files.write(temporary.resolve("a folder").resolve(FILE), bytes);
        ModelStore store = store(name -> name.equals("org/espalier/models/" + FILE) ? url(file) : null);

        ModelFile found = store.fetch(model, FetchListener.NONE);

        assertThat(store.isPresent(model)).isTrue();
        assertThat(found).isEqualTo(new ModelFile("tiny", file, null));
        assertThat(found.sha256()).isEqualTo(model.sha256());
        assertThat(cache).doesNotExist();
    }

    @Test
    void aFileInAJarIsCopiedOutOnce() throws IOException {
        ModelFile found = fetch();

        String stem = "tiny-" + model.sha256().substring(0, 12);
        assertThat(found).isEqualTo(new ModelFile("tiny", cache.resolve(stem + ".gguf"), model.sha256()));
        assertThat(found.path()).hasBinaryContent(bytes);
        assertThat(cached()).containsExactly(stem + ".gguf", stem + ".lock", stem + ".verified");

        lookUps.set(0);
        assertThat(fetch()).isEqualTo(found);
        assertThat(lookUps).as("asked where it is, not for its bytes").hasValue(1);
    }

    @Test
    void whatTheBuildLeftBesideTheJarIsUsedInPlace() throws IOException {
        Path classes = temporary.resolve("a folder/classes/org/espalier/models");
        Path file = Files.write(Files.createDirectories(classes).resolve(FILE), bytes);
        assertThat(fetch()).isEqualTo(new ModelFile("tiny", file, null));

        Files.write(file, Arrays.copyOf(bytes, 1000));
        assertThat(fetch().path()).hasParent(cache).hasBinaryContent(bytes);
    }

    @Test
    void aPackageHasThemBesideItsJar() throws IOException {
        loader.close();
        packOnlyTheClass();
        Path file =
                Files.write(Files.createDirectory(jar.resolveSibling("models")).resolve(FILE), bytes);
        assertThat(fetch()).isEqualTo(new ModelFile("tiny", file, null));
        assertThat(cache).doesNotExist();

        Files.write(file, Arrays.copyOf(bytes, 1000));
        assertThatThrownBy(this::fetch)
                .isInstanceOf(EspalierException.class)
                .hasMessageContaining(FILE + " has 1000 bytes, and tiny of the catalogue has 300000");
        Files.delete(file);
        assertThatThrownBy(this::fetch).isInstanceOf(EspalierException.class).hasMessageContaining("this build lacks");
    }

    private void packOnlyTheClass() throws IOException {
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar))) {
            out.putNextEntry(new JarEntry(BundledModels.class.getName().replace('.', '/') + ".class"));
        }
        loader = new URLClassLoader(new URL[] {jar.toUri().toURL()}, null);
    }

    @Test
    void anotherVersionsCopyIsLeftAlone() throws IOException {
        Path before = fetch().path();
        byte[] others = bytes.clone();
        others[0] ^= 1;
        loader.close();
        pack(others);
        model = entry(others);

        assertThat(fetch().path()).isNotEqualTo(before).hasBinaryContent(others);
        assertThat(before).hasBinaryContent(bytes);
    }

    @Test
    void aCopyThatWasCutOffOrChangedIsMadeAgain() throws IOException {
        Path copy = fetch().path();
        Files.write(copy, Arrays.copyOf(bytes, 1000));
        Files.write(copy.resolveSibling(copy.getFileName() + ".partial"), new byte[7]);

        assertThat(fetch().path()).isEqualTo(copy).hasBinaryContent(bytes);
        assertThat(cached()).noneMatch(name -> name.endsWith(".partial"));
    }

    @Test
    void twoThreadsGetTheSameCopy() throws Exception {
        CompletableFuture<ModelFile> one = CompletableFuture.supplyAsync(this::fetch);
        CompletableFuture<ModelFile> two = CompletableFuture.supplyAsync(this::fetch);
        assertThat(one.get()).isEqualTo(two.get());
        assertThat(one.get().path()).hasBinaryContent(bytes);
    }

    @Test
    void aModelThatIsNotTheCataloguesIsRefused() throws IOException {
        byte[] others = bytes.clone();
        others[0] ^= 1;
        loader.close();
        pack(others);

        assertThatThrownBy(this::fetch)
                .isInstanceOf(EspalierException.class)
                .hasMessageContaining(FILE + " in this build has SHA-256")
                .hasMessageContaining("not " + model.sha256());
        assertThat(cached()).noneMatch(name -> name.contains("gguf"));

        Path file = Files.write(temporary.resolve(FILE), Arrays.copyOf(bytes, 1000));
        ModelStore store = store(name -> url(file));
        assertThatThrownBy(() -> store.fetch(model, FetchListener.NONE))
                .isInstanceOf(EspalierException.class)
                .hasMessageContaining(FILE + " has 1000 bytes, and tiny of the catalogue has 300000");
    }

    @Test
    void aBuildWithoutTheModelIsNamed() {
        ModelStore store = store(name -> null);
        assertThatThrownBy(() -> store.fetch(model, FetchListener.NONE))
                .isInstanceOf(EspalierException.class)
                .hasMessage("this build lacks org/espalier/models/" + FILE + ": build again from a complete checkout");
    }

    @Test
    void aFolderThatCannotBeMadeIsNamed() throws IOException {
        Files.writeString(temporary.resolve("cache"), "");

        assertThatThrownBy(this::fetch)
                .isInstanceOf(EspalierException.class)
                .hasMessageStartingWith("cannot copy tiny out of the jar: ")
                .hasMessageContaining(cache.toString())
                .hasMessageEndingWith("name a folder that can be written with ESPALIER_CACHE");
    }
}
