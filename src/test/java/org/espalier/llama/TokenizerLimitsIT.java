package org.espalier.llama;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.espalier.gguf.GgufWriter;
import org.espalier.model.EspalierException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Texts that would take more stack than a thread has, or hours: they are tokenized or refused, and the process lives. */
class TokenizerLimitsIT {
    /** All that llama.cpp v0.5.0 knows, but for the one that is refused as a whole. */
    private static final List<String> PRE_TOKENIZERS = List.of(
            "a.x-4.0",
            "afmoe",
            "bailingmoe",
            "bailingmoe2",
            "bloom",
            "chameleon",
            "chatglm-bpe",
            "codeshell",
            "cohere2moe",
            "command-r",
            "dbrx",
            "deepseek-coder",
            "deepseek-llm",
            "deepseek-r1-qwen",
            "deepseek-v3",
            "default",
            "exaone",
            "exaone-moe",
            "exaone4",
            "f2llmv2",
            "falcon",
            "falcon-h1",
            "falcon3",
            "gemma4",
            "gigachat",
            "glm4",
            "gpt-2",
            "gpt-4o",
            "gpt3-finnish",
            "granite-docling",
            "granite-embed-multi-311m",
            "granite-embed-multi-97m",
            "grok-2",
            "hunyuan",
            "hunyuan-dense",
            "hy_v4",
            "jais",
            "jais-2",
            "jina-de",
            "jina-es",
            "jina-v1-en",
            "jina-v2-code",
            "jina-v2-de",
            "jina-v2-es",
            "jina-v5-nano",
            "joyai-llm",
            "kanana2",
            "kimi-k2",
            "kormo",
            "laguna",
            "lfm2",
            "llada-moe",
            "llama-bpe",
            "llama-v3",
            "llama3",
            "llama4",
            "megrez",
            "mellum",
            "mellum2",
            "midm-2.0",
            "minerva-7b",
            "minicpm5",
            "minimax-m2",
            "modern-bert",
            "mpt",
            "olmo",
            "phi-2",
            "pixtral",
            "poro-chat",
            "qwen2",
            "qwen35",
            "refact",
            "roberta-bpe",
            "sarvam-moe",
            "seed-coder",
            "smaug-bpe",
            "smollm",
            "solar-open",
            "spark2_5",
            "stablelm2",
            "starcoder",
            "superbpe",
            "talkie",
            "tekken",
            "tiny_aya",
            "trillion",
            "ufakzeka",
            "viking",
            "youtu");

    private static final Map<String, String> KINDS = Map.of(
            "letters", "a",
            "capitals", "A",
            "digits", "7",
            "blanks", " ",
            "line ends", "\n",
            "points", ".",
            "emoji", "\uD83D\uDE00",
            "combining marks", "\u0301",
            "ideographs", "\u4E00");

    private static final int CONTEXT = 4096;
    private static final int LONGEST_STRETCH = 65_536;

    @TempDir
    static Path directory;

    static Stream<String> preTokenizers() {
        return Stream.concat(PRE_TOKENIZERS.stream(), Stream.of(""));
    }

    @ParameterizedTest
    @MethodSource("preTokenizers")
    void noRunOfEqualCharactersEndsTheProcess(String pre) throws Exception {
        try (NativeModel model = NativeModel.openVocabulary(vocabulary(pre))) {
            NativeTokenizer tokenizer = new NativeTokenizer(model);
            for (String character : KINDS.values()) {
                int[] tokens = onSmallStack(() -> tokenizer.encode(character.repeat(3000), false, CONTEXT));
                assertThat(tokens).as("3000 of '%s'", character).isNotNull();
            }
        }
    }

    /** One of each pattern: whole runs in the few milliseconds that the others take as well. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "default",
                "gpt-4o",
                "tekken",
                "deepseek-v3",
                "deepseek-coder",
                "exaone-moe",
                "bloom",
                "llama-bpe"
            })
    void aRunThatIsTooLongIsRefusedAndAllBelowIsTokenizedWhole(String pre) throws Exception {
        try (NativeModel model = NativeModel.openVocabulary(vocabulary(pre))) {
            NativeTokenizer tokenizer = new NativeTokenizer(model);
            for (String character : KINDS.values()) {
                for (int times : new int[] {100_000, 1_000_000}) {
                    assertThatThrownBy(() -> tokenizer.encode(character.repeat(times), false, CONTEXT))
                            .isInstanceOf(EspalierException.class)
                            .hasMessageContaining("in a row with nothing to split them at, and 65536 are the most")
                            .hasMessageNotContaining("\n");
                }
            }
            String run = "b".repeat(LONGEST_STRETCH);
            assertThat(onSmallStack(() -> tokenizer.encode(run, false))).hasSize(LONGEST_STRETCH);
        }
    }

    /** The tokens of a long text are those of its lines, whichever stack they come from. */
    @ParameterizedTest
    @ValueSource(strings = {"gpt-4o", "llama-bpe", "deepseek-v3"})
    void aLongTextHasTheTokensOfItsLines(String pre) throws IOException {
        try (NativeModel model = NativeModel.openVocabulary(vocabulary(pre))) {
            NativeTokenizer tokenizer = new NativeTokenizer(model);
            String line = "Let aaa be 17 \u00BD apples, \u4E00 (and aa more).\n";
            int[] one = tokenizer.encode(line, false);
            assertThat(tokenizer.encode(line.repeat(20_000), false))
                    .isEqualTo(IntStream.range(0, 20_000)
                            .flatMap(i -> IntStream.of(one))
                            .toArray());
        }
    }

    @Test
    void aMegabyteForASmallContextIsNotTokenizedWhole() throws IOException {
        try (NativeModel model = NativeModel.openVocabulary(vocabulary("gpt-4o"))) {
            NativeTokenizer tokenizer = new NativeTokenizer(model);
            int[] tokens = tokenizer.encode("b \n".repeat(350_000), false, CONTEXT);
            assertThat(tokens).hasSizeBetween(2 * CONTEXT, 100_000);
        }
    }

    @Test
    void whatTakesTimeByTheSquareOfARunIsRefused() throws IOException {
        try (NativeModel digits = NativeModel.openVocabulary(vocabulary("superbpe"));
                NativeModel blanks = NativeModel.openVocabulary(vocabulary("deepseek-llm"))) {
            assertThatThrownBy(() -> new NativeTokenizer(digits).encode("1".repeat(50_000), false))
                    .hasMessageContaining("it has runs of digits that are too long for the pre-tokenizer superbpe");
            assertThatThrownBy(() -> new NativeTokenizer(blanks).encode(" ".repeat(50_000) + "1", false))
                    .hasMessageContaining("it has runs of white space that are too long");
        }
    }

    @Test
    void aVocabularyInWhichTwoBlanksEndTheProcessIsRefused() throws IOException {
        try (NativeModel model = NativeModel.openVocabulary(vocabulary("whitespace"))) {
            assertThatThrownBy(() -> new NativeTokenizer(model))
                    .isInstanceOf(EspalierException.class)
                    .hasMessageContaining("choose another model");
        }
    }

    private interface Encoding {
        int[] tokens();
    }

    /** As a program may give its threads. */
    private static int @Nullable [] onSmallStack(Encoding encoding) throws InterruptedException {
        AtomicReference<int[]> tokens = new AtomicReference<>();
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        Thread thread = new Thread(
                null,
                () -> {
                    try {
                        tokens.set(encoding.tokens());
                    } catch (EspalierException e) {
                        tokens.set(new int[0]);
                    } catch (Throwable e) {
                        thrown.set(e);
                    }
                },
                "small-stack",
                300_000);
        thread.start();
        thread.join();
        assertThat(thrown.get()).isNull();
        return tokens.get();
    }

    /** The bytes, and "aa" that is merged from two of them. */
    private static Path vocabulary(String pre) throws IOException {
        List<String> texts = new ArrayList<>();
        int others = 0;
        for (int i = 0; i < 256; i++) {
            boolean asItIs = (i >= 33 && i <= 126) || (i >= 161 && i <= 172) || i >= 174;
            texts.add(Character.toString(asItIs ? i : 256 + others++));
        }
        texts.add("aa");
        GgufWriter writer = new GgufWriter()
                .text("general.architecture", "llama")
                .text("tokenizer.ggml.model", "gpt2")
                .texts("tokenizer.ggml.tokens", texts)
                .texts("tokenizer.ggml.merges", List.of("a a"));
        if (!pre.isEmpty()) {
            writer.text("tokenizer.ggml.pre", pre);
        }
        return writer.write(directory.resolve("vocabulary.gguf"));
    }
}
