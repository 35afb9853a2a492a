package org.espalier.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.offset;

import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.espalier.catalog.HubServer.Request;
import org.espalier.gguf.GgmlType;
import org.espalier.gguf.GgufHeader;
import org.espalier.gguf.GgufTensor;
import org.espalier.gguf.GgufWriter;
import org.espalier.gguf.HeadFormat;
import org.espalier.model.EspalierException;
import org.espalier.model.FetchListener;
import org.espalier.safetensors.SafetensorsWriter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model of the catalogue that is made of a repository's safetensors, against a server that speaks the hub's protocol. */
class CheckpointFetchTest {
    private static final String REPOSITORY = "owner/Tiny-PRM/";
    private static final int WIDTH = 32;

    private static final String CONFIG = """
            {"architectures": ["Qwen2ForPrmModel"], "model_type": "qwen2", "hidden_size": 32, "num_hidden_layers": 1,
             "num_attention_heads": 2, "num_key_value_heads": 1, "intermediate_size": 64, "vocab_size": 8,
             "max_position_embeddings": 128, "rope_theta": 1000000.0, "rms_norm_eps": 1e-06, "eos_token_id": 5}
            """;

    private static final String TOKENIZER = """
            {"model": {"type": "BPE", "vocab": {"a": 0, "b": 1, "ab": 2, "c": 3}, "merges": ["a b"]},
             "added_tokens": [{"id": 4, "content": "<|im_start|>", "special": true},
                              {"id": 5, "content": "<|im_end|>", "special": true},
                              {"id": 6, "content": "<tool>", "special": false}]}
            """;

    @TempDir
    private Path temporary;

    private final Map<String, float[]> numbers = new HashMap<>();
    private final Map<String, String> environment = new HashMap<>();
    private HubServer hub;

    @BeforeEach
    void publish() throws IOException {
        hub = new HubServer();
        environment.put("HF_ENDPOINT", hub.url());
        hub.holds(REPOSITORY + "config.json", CONFIG.getBytes(StandardCharsets.UTF_8));
        hub.holds(REPOSITORY + "tokenizer.json", TOKENIZER.getBytes(StandardCharsets.UTF_8));
        hub.holds(
                REPOSITORY + "tokenizer_config.json",
                "{\"eos_token\": \"<|im_end|>\", \"chat_template\": \"{{ messages }}\"}"
                        .getBytes(StandardCharsets.UTF_8));
        hub.holds(REPOSITORY + "model.safetensors", checkpoint("first", "second"));
    }

    @AfterEach
    void stop() {
        hub.close();
    }

    /** @param parts first for the layer, second for the rest */
    private byte[] checkpoint(String... parts) throws IOException {
        SafetensorsWriter writer = new SafetensorsWriter();
        Random random = new Random(3);
        for (String part : parts) {
            if (part.equals("first")) {
                String layer = "model.layers.0.";
                add(writer, random, layer + "self_attn.q_proj.weight", 32, WIDTH);
                add(writer, random, layer + "self_attn.q_proj.bias", 32);
                add(writer, random, layer + "self_attn.k_proj.weight", 16, WIDTH);
                add(writer, random, layer + "self_attn.v_proj.weight", 16, WIDTH);
                add(writer, random, layer + "self_attn.o_proj.weight", 32, WIDTH);
                add(writer, random, layer + "mlp.gate_proj.weight", 64, WIDTH);
                add(writer, random, layer + "mlp.up_proj.weight", 64, WIDTH);
                add(writer, random, layer + "mlp.down_proj.weight", WIDTH, 64);
                add(writer, random, layer + "input_layernorm.weight", WIDTH);
                add(writer, random, layer + "post_attention_layernorm.weight", WIDTH);
            } else {
                add(writer, random, "model.embed_tokens.weight", 8, WIDTH);
                add(writer, random, "model.norm.weight", WIDTH);
                add(writer, random, "lm_head.weight", 8, WIDTH);
                add(writer, random, "v_head.summary.weight", 1, WIDTH);
                add(writer, random, "v_head.summary.bias", 1);
            }
        }
        return Files.readAllBytes(writer.write(temporary.resolve("published")));
    }

    private void add(SafetensorsWriter writer, Random random, String name, Integer... shape) {
        int elements = 1;
        for (int length : shape) {
            elements *= length;
        }
        float[] values = new float[elements];
        for (int i = 0; i < elements; i++) {
            values[i] = (float) random.nextGaussian();
        }
        numbers.put(name, values);
        writer.f32(name, List.of(shape), values);
    }

    private ModelStore store() {
        String yaml = """
                defaultPolicy: p
                models:
                  - {name: p, description: d, role: policy, licence: MIT, bytes: 1, from: 'hub:a/b/c.gguf'}
                  - {name: tiny-prm, description: d, role: prm, licence: MIT, bytes: 1, profile: skywork-o1-prm,
                     checkpoint: 'hub:owner/Tiny-PRM'}
                """;
        return TestStore.of(yaml, temporary, environment);
    }

    private ModelFile fetch() {
        return store().resolve("tiny-prm", FetchListener.NONE);
    }

    /** A tensor's numbers as the file has them. */
    private static float[] read(Path file, String name) throws IOException {
        GgufTensor tensor = GgufHeader.read(file).tensors().stream()
                .filter(one -> one.name().equals(name))
                .findFirst()
                .orElseThrow();
        byte[] all = Files.readAllBytes(file);
        int elements = (int) tensor.elements();
        GgmlType type = tensor.type().orElseThrow();
        ByteBuffer bytes = ByteBuffer.wrap(all).order(ByteOrder.LITTLE_ENDIAN);
        bytes.position((int) (all.length - dataBytes(file) + tensor.offset()));
        float[] values = new float[elements];
        for (int i = 0; i < elements; i += type.blockElements()) {
            if (type == GgmlType.F32) {
                values[i] = bytes.getFloat();
                continue;
            }
            assertThat(type).isEqualTo(GgmlType.Q8_0);
            float scale = half(bytes.getShort());
            for (int j = 0; j < 32; j++) {
                values[i + j] = scale * bytes.get();
            }
        }
        return values;
    }

    private static long dataBytes(Path file) {
        return GgufHeader.read(file).tensors().stream()
                .mapToLong(tensor -> tensor.offset()
                        + (tensor.elements()
                                                / tensor.type().orElseThrow().blockElements()
                                                * tensor.type().orElseThrow().blockBytes()
                                        + 31)
                                / 32
                                * 32)
                .max()
                .orElseThrow();
    }

    private static float half(short bits) {
        int exponent = bits >> 10 & 0x1f;
        float fraction = (bits & 0x3ff) / 1024f;
        return (bits < 0 ? -1 : 1)
                * (exponent == 0
                        ? fraction * (float) Math.pow(2, -14)
                        : (1 + fraction) * (float) Math.pow(2, exponent - 15));
    }

    private void assertClose(Path file, String made, String published) throws IOException {
        float[] values = read(file, made);
        float[] expected = numbers.get(published);
        assertThat(values).hasSameSizeAs(expected);
        for (int i = 0; i < values.length; i++) {
            assertThat(values[i]).as(made + " " + i).isCloseTo(expected[i], offset(0.02f));
        }
    }

    @Test
    void makesTheModelAndItsHeadOfWhatIsPublished() throws IOException {
        List<String> trusted = new ArrayList<>();
        ModelFile file = store().resolve("tiny-prm", new FetchListener() {
            @Override
            public void trustedAtFirstUse(String name, String sha256) {
                trusted.add(name);
            }
        });

        GgufHeader header = GgufHeader.read(file.path()).requireLoadable();
        assertThat(header.architecture()).contains("qwen2");
        assertThat(header.metadata()).containsEntry("qwen2.attention.head_count_kv", 1L);
        assertThat(header.metadata()).containsEntry("tokenizer.ggml.eos_token_id", 5L);
        assertThat(header.tensors()).hasSize(12).extracting(GgufTensor::name).doesNotContain("output.weight");
        assertClose(file.path(), "token_embd.weight", "model.embed_tokens.weight");
        assertClose(file.path(), "blk.0.attn_q.weight", "model.layers.0.self_attn.q_proj.weight");
        assertClose(file.path(), "blk.0.ffn_down.weight", "model.layers.0.mlp.down_proj.weight");
        assertThat(read(file.path(), "blk.0.attn_q.bias"))
                .isEqualTo(numbers.get("model.layers.0.self_attn.q_proj.bias"));
        Path head = HeadFormat.beside(file.path()).orElseThrow();
        assertThat(read(head, HeadFormat.OUT_WEIGHT)).isEqualTo(numbers.get("v_head.summary.weight"));
        assertThat(read(head, HeadFormat.OUT_BIAS)).isEqualTo(numbers.get("v_head.summary.bias"));
        assertThat(GgufHeader.read(head).metadata()).containsEntry(HeadFormat.PROFILE, "skywork-o1-prm");
        assertThat(trusted).containsExactly("tiny-prm");
        hub.requests();
        assertThat(fetch()).isEqualTo(file);
        assertThat(hub.requests()).isEmpty();
    }

    @Test
    void asksForTheBytesThatItNeedsAndNoOthers() throws IOException {
        fetch();

        long asked = hub.requests().stream()
                .filter(request -> request.file().equals("model.safetensors"))
                .mapToLong(request -> {
                    String[] range = request.range().replace("bytes=", "").split("-");
                    return Long.parseLong(range[1]) - Long.parseLong(range[0]) + 1;
                })
                .sum();
        int all = Files.readAllBytes(temporary.resolve("published")).length;
        assertThat(asked).isEqualTo(all - numbers.get("lm_head.weight").length * 4L);
    }

    @Test
    void theTokenGoesToTheHubAlone() throws IOException {
        hub.wants("secret");
        assertThatThrownBy(this::fetch)
                .isInstanceOf(EspalierException.class)
                .hasMessageContaining("answers 401: this needs a login; set HF_TOKEN");
        environment.put("HF_TOKEN", "secret");
        fetch();
        assertThat(hub.requests())
                .isNotEmpty()
                .extracting(Request::authorization)
                .containsOnlyNulls();
    }

    @Test
    void aConnectionThatIsCutIsTakenUpWhereItEnded() throws IOException {
        byte[] whole = Files.readAllBytes(fetch().path());
        Files.delete(store().path(store().catalog().get("tiny-prm")));
        Files.delete(temporary.resolve("models/tiny-prm.verified"));

        hub.cuts(8, 700);
        assertThat(fetch().path()).hasBinaryContent(whole);
    }

    @Test
    void whatIsMadeStaysWhenAFetchEndsEarly() throws IOException {
        stopHalfWay();
        List<String> before = ranges();

        fetch();

        List<String> after = ranges();
        assertThat(after).doesNotContainAnyElementsOf(before.subList(2, before.size() - 1));
        assertClose(
                store().resolve("tiny-prm", FetchListener.NONE).path(),
                "blk.0.attn_q.weight",
                "model.layers.0.self_attn.q_proj.weight");
    }

    private void stopHalfWay() {
        FetchListener stopping = new FetchListener() {
            @Override
            public void progress(String name, long done, long total) {
                if (done > total / 2) {
                    throw new IllegalStateException("stopped");
                }
            }
        };
        assertThatThrownBy(() -> store().resolve("tiny-prm", stopping)).hasMessage("stopped");
    }

    private List<String> ranges() {
        return hub.requests().stream()
                .filter(request -> request.file().equals("model.safetensors"))
                .map(Request::range)
                .toList();
    }

    @Test
    void aModelThatWasPublishedAnewIsMadeFromTheBeginning() throws IOException {
        stopHalfWay();
        int before = ranges().size();
        hub.is("two");
        fetch();
        assertThat(ranges()).hasSizeGreaterThan(before);
    }

    @Test
    void piecesAreFoundByTheirIndex() throws IOException {
        byte[] whole = Files.readAllBytes(fetch().path());
        hub.close();
        publish();
        hub.holds(REPOSITORY + "model.safetensors.index.json", """
                {"weight_map": {"x": "model-00001-of-00002.safetensors", "y": "model-00002-of-00002.safetensors"}}
                """.getBytes(StandardCharsets.UTF_8));
        numbers.clear();
        hub.holds(REPOSITORY + "model-00001-of-00002.safetensors", checkpoint("first"));
        hub.holds(REPOSITORY + "model-00002-of-00002.safetensors", checkpoint("second"));
        Files.delete(store().path(store().catalog().get("tiny-prm")));
        Files.delete(temporary.resolve("models/tiny-prm.verified"));
        Files.delete(temporary.resolve("models/tiny-prm.first-sha256"));

        Path made = fetch().path();
        assertThat(Files.size(made)).isEqualTo(whole.length);
        assertClose(made, "token_embd.weight", "model.embed_tokens.weight");
        assertClose(made, "blk.0.ffn_up.weight", "model.layers.0.mlp.up_proj.weight");
    }

    @Test
    void whatCannotBeMadeIsSaid() {
        hub.holds(
                REPOSITORY + "config.json", CONFIG.replace("qwen2\"", "mamba\"").getBytes(StandardCharsets.UTF_8));
        assertThatThrownBy(this::fetch)
                .isInstanceOf(EspalierException.class)
                .hasMessageContaining("cannot fetch tiny-prm: its model_type is 'mamba'");
        hub.holds(REPOSITORY + "config.json", "{".getBytes(StandardCharsets.UTF_8));
        assertThatThrownBy(this::fetch).hasMessageContaining("its config.json is not JSON");
        hub.holds(REPOSITORY + "model.safetensors", "<html>".repeat(9).getBytes(StandardCharsets.UTF_8));
        assertThatThrownBy(this::fetch).hasMessageContaining("is no safetensors file");
    }

    @Test
    void aRepositoryThatIsNotThereIsSaid() throws IOException {
        hub.close();
        hub = new HubServer();
        environment.put("HF_ENDPOINT", hub.url());
        assertThatThrownBy(this::fetch)
                .isInstanceOf(EspalierException.class)
                .hasMessageContaining("has no /owner/Tiny-PRM/resolve/main/model.safetensors (404)");
    }

    @Test
    void aServerWithoutPartsIsSaid() {
        hub.sendsWholeFilesOnly();
        assertThatThrownBy(this::fetch)
                .isInstanceOf(EspalierException.class)
                .hasMessageContaining("sends whole files alone, and parts are needed");
    }

    @Test
    void theRowsOfQueriesAndKeysOfGraniteAreInterleaved() throws IOException {
        hub.holds(
                REPOSITORY + "config.json",
                CONFIG.replace("qwen2", "granite")
                        .replace("Qwen2ForPrmModel", "GraniteForCausalLM")
                        .getBytes(StandardCharsets.UTF_8));
        SafetensorsWriter writer = new SafetensorsWriter();
        Random random = new Random(4);
        add(writer, random, "model.embed_tokens.weight", 8, WIDTH);
        add(writer, random, "model.layers.0.self_attn.q_proj.weight", 32, WIDTH);
        hub.holds(REPOSITORY + "model.safetensors", Files.readAllBytes(writer.write(temporary.resolve("granite"))));
        Path made = new CheckpointFetch(
                        new HttpSource(environment, URI.create(hub.url())),
                        "hub:owner/Tiny-PRM",
                        URI.create(hub.url()),
                        temporary.resolve("work"),
                        1)
                .model("g", Optional.empty(), folder -> Long.MAX_VALUE, (done, total) -> {})
                .model();

        float[] published = numbers.get("model.layers.0.self_attn.q_proj.weight");
        float[] rows = read(made, "blk.0.attn_q.weight");
        // Of the two heads of 16 rows, llama.cpp has the rows 0 8 1 9 ... of each.
        int[] order = IntStream.range(0, 32)
                .map(row -> row / 16 * 16 + (row % 2) * 8 + row % 16 / 2)
                .toArray();
        for (int row = 0; row < 32; row++) {
            for (int column = 0; column < WIDTH; column++) {
                assertThat(rows[row * WIDTH + column]).isCloseTo(published[order[row] * WIDTH + column], offset(0.02f));
            }
        }
    }

    @Test
    void theHeadAloneIsReadByRange() throws IOException {
        Path head = new CheckpointFetch(
                        new HttpSource(environment, URI.create(hub.url())),
                        "hub:owner/Tiny-PRM",
                        URI.create(hub.url()),
                        temporary.resolve("work"),
                        1)
                .head(Optional.empty());

        assertThat(read(head, HeadFormat.OUT_WEIGHT)).isEqualTo(numbers.get("v_head.summary.weight"));
        assertThat(ranges()).hasSize(4);
    }

    @Test
    void aGgufFileWithoutItsHeadGetsThatOfTheRepository() throws IOException {
        byte[] trunk = new GgufWriter()
                .text("general.architecture", "qwen2")
                .tensor("t", 64)
                .toBytes();
        hub.holds("someone/Tiny-GGUF/Tiny-Q8_0.gguf", trunk);
        ModelAdder.Profiles profiles =
                (header, called) -> called.endsWith("Tiny-PRM") ? Optional.of("its-profile") : Optional.empty();

        ModelFile added = new ModelAdder(store(), profiles, FetchListener.NONE, 1)
                .add("hub:someone/Tiny-GGUF/Tiny-Q8_0.gguf", "mine", null, "hub:owner/Tiny-PRM")
                .file();

        assertThat(added.path()).hasBinaryContent(trunk);
        Path head = HeadFormat.beside(added.path()).orElseThrow();
        assertThat(read(head, HeadFormat.OUT_BIAS)).isEqualTo(numbers.get("v_head.summary.bias"));
        assertThat(GgufHeader.read(head).metadata()).containsEntry(HeadFormat.PROFILE, "its-profile");
        assertThat(store().catalog().get("mine").role()).isEqualTo(CatalogEntry.Role.PRM);
    }
}
