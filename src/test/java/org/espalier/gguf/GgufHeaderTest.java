package org.espalier.gguf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.espalier.model.EspalierException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class GgufHeaderTest {
    private static final String IMPOSSIBLE = "is not a usable GGUF file";

    @TempDir
    Path folder;

    @Test
    void tellsWhatAModelIs() throws IOException {
        GgufHeader header = GgufHeader.read(model().write(folder.resolve("m.gguf")));

        assertThat(header.version()).isEqualTo(3);
        assertThat(header.architecture()).contains("llama");
        assertThat(header.name()).contains("Tiny ü");
        assertThat(header.chatTemplate()).contains("{{ messages }}");
        assertThat(header.contextLength()).hasValue(2048);
        assertThat(header.layers()).hasValue(2);
        assertThat(header.vocabularySize()).hasValue(2000);
        assertThat(header.parameterCount()).isEqualTo(8 * 16 + 16);
        assertThat(header.quantisation()).isEqualTo("F32 100%");
        assertThat(header.metadata().get("general.tags")).isEqualTo(new GgufArray("string", 2, List.of("a", "b")));
        assertThat(header.requireComplete().isTruncated()).isFalse();
        assertThat(header.expectedBytes()).isEqualTo(header.fileBytes());
    }

    @Test
    void tellsHowAPrmIsRead() throws IOException {
        GgufWriter prm = model().text("espalier.prm_profile", "espalier-verdict");
        assertThat(GgufHeader.read(prm.write(folder.resolve("prm.gguf"))).prmProfile())
                .contains("espalier-verdict");
        assertThat(GgufHeader.read(model().write(folder.resolve("m.gguf"))).prmProfile())
                .isEmpty();
    }

    /** Tokens of all lengths about those of the reader's buffer, so that each kind of string lies across its end once. */
    @Test
    void seesATokenTwiceWhereverTheReaderIs() throws IOException {
        List<String> tokens = IntStream.range(0, 4000)
                .mapToObj(i -> i == 7 ? "" : i % 400 == 399 ? "long".repeat(20_000) + i : "token" + i)
                .toList();
        for (int twice : new int[] {-1, 1, 399, 1199, 3999}) {
            List<String> given = new ArrayList<>(tokens);
            given.set(2000, "");
            if (twice >= 0) {
                given.set(3333, tokens.get(twice));
            }
            GgufHeader header = GgufHeader.read(new GgufWriter()
                    .text("general.architecture", "llama")
                    .texts("tokenizer.ggml.merges", tokens)
                    .texts("tokenizer.ggml.tokens", given)
                    .text("general.name", "after them")
                    .write(folder.resolve("m.gguf")));

            assertThat(header.name()).contains("after them");
            assertThat(header.vocabularySize()).hasValue(4000);
            if (twice < 0) {
                assertThatCode(header::requireLoadable).doesNotThrowAnyException();
            } else {
                assertThatThrownBy(header::requireLoadable).hasMessageContaining("same token twice");
            }
        }
    }

    @Test
    void estimatesTheCacheFromHeadsAndLayers() throws IOException {
        GgufWriter sameForAllLayers = model().number("llama.attention.head_count_kv", 2);
        GgufWriter perLayer = model().numbers("llama.attention.head_count_kv", List.of(2, 0));
        GgufWriter statedLengths = model().number("llama.attention.head_count_kv", 1)
                .number("llama.attention.key_length", 192)
                .number("llama.attention.value_length", 128);

        assertThat(cacheBytes(sameForAllLayers)).isEqualTo(2 * 2 * (16 + 16) * 2);
        assertThat(cacheBytes(perLayer)).isEqualTo(2 * (16 + 16) * 2);
        assertThat(cacheBytes(statedLengths)).isEqualTo(2 * (192 + 128) * 2);
        assertThat(cacheBytes(model())).as("as many as heads").isEqualTo(2 * 4 * (16 + 16) * 2);
        assertThat(GgufHeader.read(new GgufWriter().write(folder.resolve("empty.gguf")))
                        .cacheBytesPerToken())
                .isEmpty();
    }

    private long cacheBytes(GgufWriter model) throws IOException {
        return GgufHeader.read(model.write(folder.resolve("cache.gguf")))
                .cacheBytesPerToken()
                .orElseThrow();
    }

    @Test
    void sharesOutParametersAmongTypes() throws IOException {
        Path file = new GgufWriter()
                .rawTensor("a", GgmlType.Q4_K.id(), 0, 256, 3)
                .rawTensor("b", GgmlType.Q8_0.id(), 448, 256)
                .rawTensor("c", 999, 736, 1)
                .write(folder.resolve("mixed.gguf"));

        GgufHeader header = GgufHeader.read(file);

        assertThat(header.quantisation()).isEqualTo("Q4_K 75%, Q8_0 25%, type 999 <1%");
        assertThat(header.tensors().get(2).type()).isEmpty();
        assertThat(header.expectedBytes() - header.fileBytes()).isEqualTo(736);
    }

    @Test
    void noticesAModelThatWasCutOff() throws IOException {
        byte[] whole = model().toBytes();
        Path file = Files.write(folder.resolve("cut.gguf"), Arrays.copyOf(whole, whole.length - 1));

        GgufHeader header = GgufHeader.read(file);

        assertThat(header.isTruncated()).isTrue();
        assertThatThrownBy(header::requireComplete)
                .isInstanceOf(EspalierException.class)
                .hasMessage(
                        "%s is cut off: it has %d of %d bytes; get the whole file",
                        file, whole.length - 1, whole.length);
    }

    @Test
    void refusesEveryHeaderThatWasCutOff() throws IOException {
        byte[] whole = new GgufWriter()
                .text("general.architecture", "llama")
                .texts("tokenizer.ggml.tokens", List.of("a", "b"))
                .tensor("t", 1)
                .toBytes();
        int header = whole.length - 32 - 32;
        for (int length = 0; length < header; length++) {
            Path file = Files.write(folder.resolve("cut.gguf"), Arrays.copyOf(whole, length));

            assertThatThrownBy(() -> GgufHeader.read(file))
                    .as("%d bytes", length)
                    .isInstanceOf(EspalierException.class)
                    .hasMessageContaining(file.toString());
        }
    }

    @Test
    void survivesRandomDamage() throws IOException {
        long seed = 20261122;
        Random random = new Random(seed);
        byte[] whole = model().toBytes();
        for (int round = 0; round < 2000; round++) {
            byte[] damaged = whole.clone();
            for (int i = 0; i < 4; i++) {
                damaged[random.nextInt(400)] = (byte) random.nextInt();
            }
            Path file = Files.write(folder.resolve("damaged.gguf"), damaged);

            assertThatCode(() -> readOrRefuse(file))
                    .as("seed %d, round %d", seed, round)
                    .doesNotThrowAnyException();
        }
    }

    private static void readOrRefuse(Path file) {
        try {
            GgufHeader header = GgufHeader.read(file);
            header.cacheBytesPerToken();
            header.quantisation();
        } catch (EspalierException expected) {
            assertThat(expected).hasMessageContaining(file.toString());
        }
    }

    @Test
    void refusesWhatIsNoGgufFile() throws IOException {
        assertRefused(folder, "is a folder");
        assertRefused(folder.resolve("missing.gguf"), "no such file");
        assertRefused(text("page.gguf", "<!doctype html>"), "is not a GGUF file");
        assertRefused(text("empty.gguf", ""), "is not a GGUF file");
        assertRefused(text("pointer.gguf", "version https://…"), "Git LFS pointer");
    }

    private Path text(String name, String content) throws IOException {
        return Files.writeString(folder.resolve(name), content);
    }

    static Stream<Arguments> hostileHeaders() {
        GgufWriter none = new GgufWriter();
        return Stream.of(
                arguments("version 1", none.toBytes(1, 0, 0), "GGUF version 1"),
                arguments("big-endian", none.toBytes(3 << 24, 0, 0), "big-endian"),
                arguments("tensors", none.toBytes(3, Long.MAX_VALUE, 0), IMPOSSIBLE),
                arguments("negative tensors", none.toBytes(3, -1, 0), "18446744073709551615"),
                arguments("metadata", none.toBytes(3, 0, 1L << 40), IMPOSSIBLE),
                arguments("string", none().textOfLength("k", Long.MAX_VALUE).toBytes(), IMPOSSIBLE),
                arguments("negative string", none().textOfLength("k", -1).toBytes(), IMPOSSIBLE),
                arguments("list of bytes", none().list("k", 0, 1L << 62).toBytes(), IMPOSSIBLE),
                arguments("list of numbers", none().list("k", 12, 1L << 61).toBytes(), IMPOSSIBLE),
                arguments("list of lists", none().list("k", 9, 0).toBytes(), "a list of lists"),
                arguments("type", none().list("k", 13, 0).toBytes(), "unknown type 13"),
                arguments("key twice", none().number("k", 1).number("k", 1).toBytes(), "the key k twice"),
                arguments("tensor twice", none().tensor("t", 1).tensor("t", 1).toBytes(), "the tensor t twice"),
                arguments(
                        "dimensions", none().rawTensor("t", 0, 0, 1, 1, 1, 1, 1).toBytes(), "5 dimensions"),
                arguments(
                        "shape", none().rawTensor("t", 0, 0, 1L << 40, 1L << 40).toBytes(), "impossible shape"),
                arguments("negative shape", none().rawTensor("t", 0, 0, -1).toBytes(), "impossible shape"),
                arguments("size", none().rawTensor("t", 0, 0, 1L << 62).toBytes(), "impossible size"),
                arguments(
                        "half a block",
                        none().rawTensor("t", GgmlType.Q4_0.id(), 0, 33).toBytes(),
                        "impossible size"),
                arguments(
                        "offset",
                        none().rawTensor("t", 0, Long.MAX_VALUE - 31, 8).toBytes(),
                        "impossible place"),
                arguments("negative offset", none().rawTensor("t", 0, -1, 8).toBytes(), "impossible place"),
                arguments(
                        "overlap",
                        none().rawTensor("a", 0, 0, 16).rawTensor("b", 0, 32, 8).toBytes(),
                        "a tensor b inside another one"),
                arguments(
                        "same place",
                        none().rawTensor("a", 0, 0, 16).rawTensor("b", 0, 0, 16).toBytes(),
                        "inside another one"),
                arguments("not aligned", none().rawTensor("a", 0, 8, 16).toBytes(), "that is not aligned"),
                arguments(
                        "several lines",
                        none().tensor("t\n1", 1).tensor("t\n1", 1).toBytes(),
                        "the tensor t?1 twice"),
                arguments(
                        "alignment",
                        none().number("general.alignment", 24).tensor("t", 1).toBytes(),
                        "an alignment of 24"));
    }

    static Stream<Arguments> whatEndsTheProcess() {
        return Stream.of(
                arguments("tokens", model("tokenizer.ggml.tokens", List.of("a", "b", "a")), "the same token twice"),
                arguments(
                        "many tokens",
                        model(
                                "tokenizer.ggml.tokens",
                                Stream.concat(distinct(2000).stream(), Stream.of("token7"))
                                        .toList()),
                        "the same token twice"),
                arguments("layers", lie("block_count", 513), "513 layers"),
                arguments("no layers", lie("block_count", 0), "0 layers"),
                arguments("heads", lie("attention.head_count", 0), "attention.head_count of 0"),
                arguments("experts", lie("block_count", 2).number("llama.expert_count", 4), "4 experts"),
                arguments("rope", lie("block_count", 2).text("llama.rope.scaling.type", "new"), "rope scaling new"));
    }

    private static GgufWriter model(String key, List<String> texts) {
        return none().text("general.architecture", "llama").texts(key, texts);
    }

    private static GgufWriter lie(String key, int value) {
        GgufWriter header = none().text("general.architecture", "llama").number("llama." + key, value);
        return key.equals("block_count") ? header : header.number("llama.block_count", 2);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("whatEndsTheProcess")
    void refusesToLoadWhatWouldEndTheProcess(String what, GgufWriter header, String reason) throws IOException {
        GgufHeader read = GgufHeader.read(header.write(folder.resolve("lie.gguf")));
        assertThatThrownBy(read::requireLoadable)
                .isInstanceOf(EspalierException.class)
                .hasMessageContaining("lie.gguf is not a usable GGUF file: its header has ")
                .hasMessageContaining(reason);
    }

    @Test
    void tellsShortTokensApart() throws IOException {
        IntStream letters = IntStream.rangeClosed('!', 0x7ff);
        IntStream pairs = IntStream.range(0, 94 * 94);
        List<String> tokens = Stream.concat(
                        letters.mapToObj(Character::toString),
                        pairs.mapToObj(i -> Character.toString('!' + i / 94) + Character.toString('!' + i % 94)))
                .toList();
        Path file = model("tokenizer.ggml.tokens", tokens).write(folder.resolve("short.gguf"));
        assertThat(GgufHeader.read(file).requireLoadable().vocabularySize()).hasValue(tokens.size());
    }

    @Test
    void keepsTheVocabularyWhenAsked() throws IOException {
        Path file = model().write(folder.resolve("m.gguf"));
        assertThat(GgufHeader.read(file).metadata().get("tokenizer.ggml.tokens"))
                .isEqualTo(new GgufArray("string", 2000, List.of()));
        GgufArray tokens =
                (GgufArray) GgufHeader.readWithVocabulary(file).metadata().get("tokenizer.ggml.tokens");
        assertThat(tokens.values()).hasSize(2000).endsWith("token1999");
        assertThat(GgufHeader.read(file).requireLoadable().vocabularySize()).hasValue(2000);
    }

    private static GgufWriter none() {
        return new GgufWriter();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("hostileHeaders")
    void refusesHostileHeaders(String what, byte[] bytes, String reason) throws IOException {
        assertRefused(Files.write(folder.resolve("hostile.gguf"), bytes), reason);
    }

    private static void assertRefused(Path file, String reason) {
        assertThatThrownBy(() -> GgufHeader.read(file))
                .isInstanceOf(EspalierException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining(reason)
                .hasMessageNotContaining("\n");
    }

    private static GgufWriter model() {
        return new GgufWriter()
                .text("general.architecture", "llama")
                .text("general.name", "Tiny ü")
                .texts("general.tags", List.of("a", "b"))
                .number("llama.context_length", 2048)
                .number("llama.block_count", 2)
                .number("llama.embedding_length", 64)
                .number("llama.attention.head_count", 4)
                .text("tokenizer.chat_template", "{{ messages }}")
                .texts("tokenizer.ggml.tokens", distinct(2000))
                .tensor("token_embd.weight", 8, 16)
                .tensor("norm.weight", 16);
    }

    private static List<String> distinct(int count) {
        return IntStream.range(0, count).mapToObj(i -> "token" + i).toList();
    }
}
