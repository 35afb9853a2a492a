package org.espalier.prm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.espalier.llama.NativeModel;
import org.espalier.llama.NativeTokenizer;
import org.espalier.model.EspalierException;
import org.espalier.model.Problem;
import org.espalier.model.ProcessRewardModel.Scope;
import org.espalier.model.Tokenizer;
import org.espalier.prompt.ChatTemplate;
import org.espalier.prompt.Fragment;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What each profile feeds its models, token for token, against {@code goldens.json}, which {@code
 * src/test/python/prm_goldens.py} makes as the models' authors do and without any of this code. The vocabularies are those
 * in llama.cpp's source.
 */
class PrmTokensIT {
    private static final Path SOURCE = Path.of("target", "llama-source");

    /** A token that is another one in the reward models' vocabulary. */
    private record Renamed(int token, String from, String to) {}

    /** In the order of the tokens. */
    private static final Map<String, List<Renamed>> RENAMED = Map.of(
            "qwen2",
            List.of(
                    new Renamed(151651, "[PAD151651]", "<extra_0>"),
                    new Renamed(151667, "[PAD151667]", "<think>"),
                    new Renamed(151668, "[PAD151668]", "</think>")),
            // Granite 3's is StarCoder's, as Refact's is, but that its marks for roles follow the vocabulary.
            "refact",
            List.of(
                    new Renamed(0, "<|endoftext|>", "<|end_of_text|>"),
                    new Renamed(1, "<fim_prefix>", "<|start_of_role|>"),
                    new Renamed(2, "<fim_middle>", "<|end_of_role|>")));

    @TempDir
    static Path directory;

    /** Profiles whose marks are white space, and the cases in which it is one token with that of the next step. */
    private static final Set<String> MERGES = Set.of("versaprm", "math-psa", "trl-prm", "trl-prm-lines");

    private static final Set<String> MERGING =
            Set.of("blank lines between", "line end at the end", "other line ends", "empty last step");

    private static final Map<String, NativeModel> MODELS = new HashMap<>();
    private static final Map<String, Tokenizer> TOKENIZERS = new HashMap<>();

    @BeforeAll
    static void openVocabularies() throws Exception {
        if (!Files.isDirectory(SOURCE.resolve("source/models"))) {
            Files.createDirectories(SOURCE);
            Process fetch = new ProcessBuilder("scripts/fetch-llama", "--source", SOURCE.toString())
                    .inheritIO()
                    .start();
            assertThat(fetch.waitFor()).as("scripts/fetch-llama").isZero();
        }
        for (String name : List.of("llama-spm", "llama-bpe", "qwen2", "refact")) {
            Path file = SOURCE.resolve("source/models/ggml-vocab-" + name + ".gguf");
            List<Renamed> renamed = RENAMED.getOrDefault(name, List.of());
            MODELS.put(name, NativeModel.openVocabulary(renamed.isEmpty() ? file : with(renamed, file)));
            TOKENIZERS.put(name, new NativeTokenizer(MODELS.get(name)));
        }
    }

    @AfterAll
    static void closeVocabularies() {
        MODELS.values().forEach(NativeModel::close);
    }

    /** The file with other texts for some tokens, which become control tokens. */
    private static Path with(List<Renamed> renamed, Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        int types = indexOf(bytes, "tokenizer.ggml.token_type", 0) + "tokenizer.ggml.token_type".length() + 4 + 4 + 8;
        ByteArrayOutputStream changed = new ByteArrayOutputStream();
        int from = indexOf(bytes, "tokenizer.ggml.tokens", 0);
        changed.write(bytes, 0, from);
        for (Renamed each : renamed) {
            ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(types + Integer.BYTES * each.token, 3);
            byte[] text = each.to.getBytes(StandardCharsets.UTF_8);
            int at = indexOf(bytes, each.from, from);
            changed.write(bytes, from, at - Long.BYTES - from);
            changed.write(ByteBuffer.allocate(Long.BYTES)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putLong(text.length)
                    .array());
            changed.write(text);
            from = at + each.from.length();
        }
        changed.write(bytes, from, bytes.length - from);
        return Files.write(directory.resolve(String.valueOf(file.getFileName())), changed.toByteArray());
    }

    private static int indexOf(byte[] bytes, String text, int from) {
        byte[] wanted = text.getBytes(StandardCharsets.UTF_8);
        return IntStream.range(from, bytes.length - wanted.length)
                .filter(i -> Arrays.equals(bytes, i, i + wanted.length, wanted, 0, wanted.length))
                .findFirst()
                .orElseThrow();
    }

    /**
     * What the authors feed.
     *
     * @param sal whether it is search-and-learn that does, which reads scores behind each delimiter
     * @param instruction that it tells the PRM
     * @param texts of the steps, as a policy wrote them
     * @param reads indices of the tokens at which they read the steps' scores
     */
    private record Golden(
            String profile,
            String vocabulary,
            String name,
            boolean sal,
            String instruction,
            String problem,
            List<String> texts,
            int[] tokens,
            int[] reads) {
        @Override
        public String toString() {
            return profile + ", " + vocabulary + ", " + name + (sal ? ", search-and-learn" : "");
        }
    }

    private static JsonNode json() {
        try (InputStream in = PrmTokensIT.class.getResourceAsStream("goldens.json")) {
            return new JsonMapper().readTree(in);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static List<String> texts(JsonNode array) {
        List<String> texts = new ArrayList<>();
        array.forEach(text -> texts.add(text.asString()));
        return texts;
    }

    private static int[] numbers(JsonNode array) {
        return IntStream.range(0, array.size()).map(i -> array.get(i).asInt()).toArray();
    }

    static Stream<Golden> goldens() {
        JsonNode json = json();
        List<Golden> goldens = new ArrayList<>();
        for (JsonNode golden : json.get("goldens")) {
            JsonNode asked = json.get("cases").get(golden.get("case").asString());
            goldens.add(new Golden(
                    golden.get("profile").asString(),
                    golden.get("vocabulary").asString(),
                    golden.get("case").asString(),
                    golden.get("sal").asBoolean(),
                    json.get("system").asString(),
                    asked.get("problem").asString(),
                    texts(asked.get("texts")),
                    numbers(golden.get("tokens")),
                    numbers(golden.get("reads"))));
        }
        return goldens.stream();
    }

    static Stream<Golden> authors() {
        return goldens().filter(golden -> !golden.sal);
    }

    static Stream<Golden> searchAndLearn() {
        return goldens().filter(Golden::sal);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("authors")
    void thePiecesOfAPathAreTheAuthorsTokens(Golden golden) {
        PrmProfile profile = PrmProfiles.named(golden.profile);
        Tokenizer tokenizer = TOKENIZERS.get(golden.vocabulary);
        profile.requireVocabulary(tokenizer);
        PrmFormat format = new PrmFormat(profile, ChatTemplate.CHATML);
        List<String> steps = profile.scope() == Scope.SOLUTION ? List.of(String.join("", golden.texts)) : golden.texts;
        assertThat(golden.reads).hasSameSizeAs(steps);

        ReadTokens read = format.opening(new Problem("p", golden.problem), tokenizer);
        int[] path = read.added();
        for (int i = 0; i < steps.size(); i++) {
            read = format.step(read, steps.get(i), i == 0, tokenizer);
            path = joined(path, read);
            if (MERGES.contains(golden.profile) && MERGING.contains(golden.name)) {
                continue;
            }
            assertThat(path).as("up to score %d", i).isEqualTo(Arrays.copyOf(golden.tokens, golden.reads[i] + 1));
        }
        assertThat(path).as("the whole").isEqualTo(Arrays.copyOf(golden.tokens, golden.reads[steps.size() - 1] + 1));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("searchAndLearn")
    void underParityThePathIsSearchAndLearnsTokens(Golden golden) {
        PrmFormat format = new PrmFormat(PrmProfiles.named(golden.profile), ChatTemplate.CHATML, golden.instruction)
                .searchAndLearn();
        Tokenizer tokenizer = TOKENIZERS.get(golden.vocabulary);
        ReadTokens read = format.opening(new Problem("p", golden.problem), tokenizer);
        int[] path = read.added();
        String text = "";
        for (String step : golden.texts) {
            boolean end = text.endsWith("\n\n") && step.isEmpty();
            if (!end || format.readsEmptyEnds()) {
                read = format.step(read, step, text.isEmpty(), tokenizer);
                path = joined(path, read);
                assertThat(golden.reads).as("where '%s' is read", step).contains(path.length - 1);
            }
            text += step;
        }
        int last = golden.reads[golden.reads.length - 1];
        assertThat(path).isEqualTo(Arrays.copyOf(golden.tokens, last + 1));
    }

    private static int[] joined(int[] path, ReadTokens read) {
        return IntStream.concat(Arrays.stream(path).limit(path.length - read.dropped()), Arrays.stream(read.added()))
                .toArray();
    }

    @Test
    void qwensVocabulariesReadTextsInNfc() {
        Tokenizer qwen = TOKENIZERS.get("qwen2");
        assertThat(qwen.encode("re\u0301sume\u0301 \u212b", false))
                .isEqualTo(qwen.encode("r\u00e9sum\u00e9 \u00c5", false));
        assertThat(qwen.encode("<think>\u0338e\u0301", true))
                .as("a mark behind a control token")
                .isEqualTo(joined(qwen.encode("<think>", true), ReadTokens.apart(qwen.encode("\u0338\u00e9", false))));
        Tokenizer llama = TOKENIZERS.get("llama-bpe");
        assertThat(llama.encode("e\u0301", false)).isNotEqualTo(llama.encode("\u00e9", false));
    }

    @Test
    void aTextThatMergesAcrossAPiecesEndIsTokenisedAgain() {
        // Line ends at the beginning of a step and those before it are one token.
        Tokenizer tokenizer = TOKENIZERS.get("llama-bpe");
        List<Fragment> first = List.of(new Fragment("A\n", false));
        ReadTokens read = ReadTokens.NOTHING.then(first, tokenizer);
        ReadTokens more = read.then(List.of(new Fragment("\n\nB", false)), tokenizer);
        assertThat(more.dropped()).isEqualTo(1);
        int kept = read.added().length - more.dropped();
        assertThat(IntStream.concat(Arrays.stream(read.added()).limit(kept), Arrays.stream(more.added())))
                .containsExactly(Arrays.stream(tokenizer.encode("A\n\n\nB", false))
                        .boxed()
                        .toArray(Integer[]::new));
    }

    @ParameterizedTest
    @CsvSource({
        "qwen-math-prm, llama-bpe, marks the text with \"<extra_0>\"",
        "rlhflow, qwen2, marks the text with \"<|start_header_id|>\"",
        "granite-math-prm, llama-spm, marks the text with \"<|start_of_role|>\"",
        "versaprm, llama-spm, marks the text with",
        "acemath-rm, llama-bpe, marks the text with \"<|im_start|>\"",
        "espalier-verdict, qwen2, marks the text with \"<|step|>\""
    })
    void anotherVocabularyIsRefused(String profile, String vocabulary, String message) {
        assertThatThrownBy(() -> PrmProfiles.named(profile).requireVocabulary(TOKENIZERS.get(vocabulary)))
                .isInstanceOf(EspalierException.class)
                .hasMessageContaining(message)
                .hasMessageNotContaining("\n");
    }
}
