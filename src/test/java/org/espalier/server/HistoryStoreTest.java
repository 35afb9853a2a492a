package org.espalier.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.espalier.server.HistoryStore.Summary;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class HistoryStoreTest {
    @TempDir
    private Path home;

    private Path folder;
    private HistoryStore store;

    @BeforeEach
    void open() {
        folder = home.resolve("new/history");
        store = new HistoryStore(folder);
    }

    private static Summary summary(long created, String problem, String answer) {
        return new Summary(
                HistoryStore.newId(created),
                created,
                "arith",
                problem,
                "dvts",
                16,
                answer,
                250,
                "It is " + answer + ".");
    }

    private static JsonNode run(String text) {
        return Json.MAPPER.createObjectNode().put("text", text);
    }

    private Summary keep(long created, String problem, String answer) throws IOException {
        Summary summary = summary(created, problem, answer);
        store.keep(summary, run(problem));
        return summary;
    }

    private List<String> problems(String query) {
        return store.find(query, 100).stream().map(Summary::problem).toList();
    }

    @Test
    void whatIsKeptIsThereForTheNextServer() throws Exception {
        Summary kept = keep(1, "2 + 2?\nÄ \ud83d\ude00", "4");
        HistoryStore next = new HistoryStore(folder);
        assertThat(next.find("", 10)).containsExactly(kept);
        assertThat(next.read(kept.id())).contains(run("2 + 2?\nÄ \ud83d\ude00"));
        assertThat(store.read(HistoryStore.newId(1))).isEmpty();
    }

    @Test
    void findsByAllWordsTheNewestFirst() throws Exception {
        keep(1, "Apples and pears", "7");
        keep(2, "Pears alone", "8");
        keep(3, "Nothing of it", "7");
        assertThat(problems(" ")).containsExactly("Nothing of it", "Pears alone", "Apples and pears");
        assertThat(problems("PEARS")).containsExactly("Pears alone", "Apples and pears");
        assertThat(problems("pears 7")).containsExactly("Apples and pears");
        assertThat(problems("dvts")).hasSize(3);
        assertThat(problems("arith pears")).hasSize(2);
        assertThat(problems("plums")).isEmpty();
        assertThat(store.find("", 2)).hasSize(2);
    }

    @Test
    void deletesOneOrAll() throws Exception {
        Summary first = keep(1, "a", "1");
        keep(2, "b", "2");
        keep(3, "c", "3");
        assertThat(store.delete(first.id())).isTrue();
        assertThat(store.delete(first.id())).isFalse();
        assertThat(store.read(first.id())).isEmpty();
        assertThat(problems("")).containsExactly("c", "b");
        assertThat(store.clear()).isEqualTo(2);
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void letsGoOfTheOldest() throws Exception {
        store = new HistoryStore(folder, 3, Long.MAX_VALUE);
        for (int i = 1; i <= 5; i++) {
            keep(i, "p" + i, "" + i);
        }
        assertThat(problems("")).containsExactly("p5", "p4", "p3");
    }

    @Test
    void isBoundedInBytesButKeepsTheNewest() throws Exception {
        store = new HistoryStore(folder, 100, 20_000);
        StringBuilder noise = new StringBuilder();
        new Random(7).ints(20_000, 'a', 'z').forEach(letter -> noise.append((char) letter));
        for (int i = 1; i <= 3; i++) {
            store.keep(summary(i, "p" + i, "1"), run(noise.substring(0, 12_000)));
        }
        assertThat(problems("")).containsExactly("p3", "p2");
        store.keep(summary(4, "p4", "1"), run(noise.toString().repeat(3) + noise.reverse()));
        assertThat(problems("")).containsExactly("p4");
    }

    @Test
    void onlyItsUserCanReadIt() throws Exception {
        keep(1, "a", "1");
        assertThat(Files.getPosixFilePermissions(folder))
                .containsExactlyInAnyOrder(
                        PosixFilePermission.OWNER_READ,
                        PosixFilePermission.OWNER_WRITE,
                        PosixFilePermission.OWNER_EXECUTE);
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files)
                    .singleElement()
                    .satisfies(file -> assertThat(Files.getPosixFilePermissions(file))
                            .containsExactlyInAnyOrder(
                                    PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", ".", "..", "../x", "0000000000001-0000000", "0000000000001-0000000g", "a\u0000b", "%2e%2e"})
    void whatIsNoIdIsNoFile(String id) throws Exception {
        keep(1, "a", "1");
        assertThat(store.read(id)).isEmpty();
        assertThat(store.delete(id)).isFalse();
    }

    @Test
    void longTextsAreCutInTheSummaryAlone() throws Exception {
        String longText = "x" + "\ud83d\ude00".repeat(50_000);
        Summary kept = keep(1, longText, longText);
        Summary found = new HistoryStore(folder).find("", 1).get(0);
        assertThat(found.id()).isEqualTo(kept.id());
        assertThat(found.problem()).hasSizeLessThan(8100).endsWith("\ude00…");
        assertThat(store.read(kept.id())).contains(run(longText));
    }

    /** In JSON such a character takes six places. */
    @Test
    void aSummaryOfControlCharactersIsReadBack() throws Exception {
        String longText = "\u0001".repeat(5000);
        Summary kept = keep(1, longText, longText);
        assertThat(new HistoryStore(folder).find("", 1))
                .singleElement()
                .extracting(Summary::id)
                .isEqualTo(kept.id());
    }

    @Test
    void whatEarlierVersionsKeptIsStillRead() throws Exception {
        Files.createDirectories(folder);
        String id = HistoryStore.newId(1);
        String summary = "{'id':'" + id + "','created':1,'problem':'old','method':'beam','n':4,'answer':'7','millis':9,"
                + "'reply':'It is 7.'}";
        Files.write(folder.resolve(id + ".json.gz"), zipped(summary.replace('\'', '"') + "\n{}\n"));
        assertThat(store.find("beam", 10)).singleElement().satisfies(run -> {
            assertThat(run.problem()).isEqualTo("old");
            assertThat(run.model()).isNull();
        });
    }

    @Test
    void damagedAndForeignFilesAreLeftOut() throws Exception {
        Summary good = keep(1, "good", "1");
        byte[] whole = Files.readAllBytes(folder.resolve(good.id() + ".json.gz"));
        Random random = new Random(11);
        for (int i = 0; i < 40; i++) {
            byte[] changed = Mutation.of(whole, random);
            Files.write(folder.resolve("%013d-%08x.json.gz".formatted(100 + i, i)), changed);
        }
        List<String> lines = List.of(
                "", "{}\n{}\n", "null\nnull\n", "{\"id\":7}\n", "[1]\n\n", "{\"id\":\"x\"", "x".repeat(200_000));
        for (int i = 0; i < lines.size(); i++) {
            Files.write(folder.resolve("%013d-%08x.json.gz".formatted(900 + i, i)), zipped(lines.get(i)));
        }
        Files.writeString(folder.resolve("notes.txt"), "mine");
        assertThat(problems("")).containsExactly("good");
        for (String id : List.of("0000000000100-00000000", "0000000000900-00000000")) {
            assertThatCode(() -> store.read(id)).doesNotThrowAnyException();
        }
        store.clear();
        assertThat(folder.resolve("notes.txt")).exists();
    }

    private static byte[] zipped(String text) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (OutputStream out = new GZIPOutputStream(bytes)) {
            out.write(text.getBytes(StandardCharsets.UTF_8));
        }
        return bytes.toByteArray();
    }

    @Test
    void severalServersShareAFolder() throws Exception {
        HistoryStore other = new HistoryStore(folder);
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Callable<Void>> work = IntStream.rangeClosed(1, 40)
                    .<Callable<Void>>mapToObj(i -> () -> {
                        (i % 2 == 0 ? store : other).keep(summary(i, "p" + i, "1"), run("p"));
                        store.find("", 100);
                        return null;
                    })
                    .toList();
            for (Future<Void> done : threads.invokeAll(work)) {
                done.get();
            }
        } finally {
            threads.shutdownNow();
        }
        assertThat(store.find("", 100)).hasSize(40).isEqualTo(other.find("", 100));
        assertThat(other.clear()).isEqualTo(40);
        assertThat(store.find("", 100)).isEmpty();
    }
}
