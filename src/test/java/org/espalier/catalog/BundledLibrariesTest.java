package org.espalier.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.espalier.model.EspalierException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BundledLibrariesTest {
    private static final String PLATFORM = "linux-x86-64";

    @TempDir
    Path cache;

    private final Map<String, String> jar = new HashMap<>();
    private final List<String> opened = new CopyOnWriteArrayList<>();
    private BundledLibraries libraries;

    private InputStream open(String resource) {
        opened.add(resource.substring(resource.lastIndexOf('/') + 1));
        String content = jar.get(resource);
        return content == null ? null : new ByteArrayInputStream(content.getBytes(StandardCharsets.UTF_8));
    }

    private void bundle(Map<String, String> contents) {
        StringBuilder list = new StringBuilder();
        contents.forEach((name, content) -> {
            byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
            String digest = HexFormat.of().formatHex(Sha256.digest().digest(bytes));
            list.append(digest + " " + bytes.length + " " + name + "\n");
            jar.put(BundledLibraries.FOLDER + PLATFORM + "/" + name, content);
        });
        jar.put(BundledLibraries.FOLDER + PLATFORM + "/" + BundledLibraries.LIST, list.toString());
        libraries = new BundledLibraries(cache, this::open);
    }

    private static List<String> names(Path folder) throws Exception {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void unpacksOnce() throws Exception {
        bundle(Map.of("liba.so", "one", "libb.so", "two"));
        Path folder = libraries.unpack(PLATFORM).orElseThrow();
        assertThat(names(folder)).containsExactly("liba.so", "libb.so");
        assertThat(folder.resolve("libb.so")).hasContent("two");
        opened.clear();
        assertThat(libraries.unpack(PLATFORM)).contains(folder);
        assertThat(opened).containsExactly(BundledLibraries.LIST);
    }

    @Test
    void anotherVersionHasAFolderOfItsOwn() {
        bundle(Map.of("liba.so", "one"));
        Path first = libraries.unpack(PLATFORM).orElseThrow();
        bundle(Map.of("liba.so", "two"));
        Path second = libraries.unpack(PLATFORM).orElseThrow();
        assertThat(first.resolve("liba.so")).hasContent("one");
        assertThat(second.resolve("liba.so")).hasContent("two");
    }

    @Test
    void whatWasCutOffIsUnpackedAgain() throws Exception {
        bundle(Map.of("liba.so", "one", "libb.so", "two"));
        Path folder = libraries.unpack(PLATFORM).orElseThrow();
        Files.writeString(folder.resolve("liba.so"), "");
        Files.delete(folder.resolve("libb.so"));
        Files.createDirectory(folder.resolveSibling(folder.getFileName() + ".partial"));
        assertThat(libraries.unpack(PLATFORM)).contains(folder);
        assertThat(folder.resolve("liba.so")).hasContent("one");
        assertThat(folder.resolve("libb.so")).hasContent("two");
    }

    @Test
    void refusesOtherBytes() {
        bundle(Map.of("liba.so", "one"));
        jar.put(BundledLibraries.FOLDER + PLATFORM + "/liba.so", "two");
        assertThatExceptionOfType(EspalierException.class)
                .isThrownBy(() -> libraries.unpack(PLATFORM))
                .withMessageContaining("liba.so");
        jar.remove(BundledLibraries.FOLDER + PLATFORM + "/liba.so");
        assertThatExceptionOfType(EspalierException.class).isThrownBy(() -> libraries.unpack(PLATFORM));
    }

    @Test
    void hasNothingForOtherPlatforms() {
        bundle(Map.of("liba.so", "one"));
        assertThat(libraries.unpack("darwin-aarch64")).isEmpty();
    }

    @Test
    void saysWhereToPutACacheThatCanBeWritten() throws Exception {
        bundle(Map.of("liba.so", "one"));
        BundledLibraries elsewhere = new BundledLibraries(Files.createFile(cache.resolve("file")), this::open);
        assertThatExceptionOfType(EspalierException.class)
                .isThrownBy(() -> elsewhere.unpack(PLATFORM))
                .withMessageContaining("ESPALIER_CACHE");
    }

    @Test
    void severalThreadsUnpackOnce() {
        bundle(Map.of("liba.so", "one", "libb.so", "two"));
        List<Path> folders = IntStream.range(0, 8)
                .parallel()
                .mapToObj(i -> libraries.unpack(PLATFORM).orElseThrow())
                .distinct()
                .toList();
        assertThat(folders).hasSize(1);
        assertThat(opened).containsOnlyOnce("liba.so").containsOnlyOnce("libb.so");
    }
}
