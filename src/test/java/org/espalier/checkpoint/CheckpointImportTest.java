package org.espalier.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.espalier.checkpoint.CheckpointImport.Imported;
import org.espalier.gguf.GgufHeader;
import org.espalier.gguf.GgufTensor;
import org.espalier.model.EspalierException;
import org.espalier.model.UsageException;
import org.espalier.safetensors.SafetensorsFile;
import org.espalier.safetensors.SafetensorsFile.Tensor;
import org.espalier.safetensors.SafetensorsWriter;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class CheckpointImportTest {
    private static final List<Integer> BODY = List.of(2, 2);

    @TempDir
    private Path temporary;

    private final Map<String, String> environment = new HashMap<>();
    private final List<String> stages = new ArrayList<>();
    private Path folder;

    /** A converter that keeps what it was given and writes a file. */
    @BeforeEach
    void fakePython() throws IOException {
        folder = Files.createDirectory(temporary.resolve("My-PRM"));
        Path source = Files.createDirectory(temporary.resolve("llama"));
        Files.writeString(source.resolve(LlamaConverter.SCRIPT), "");
        environment.put("ESPALIER_LLAMA_SOURCE", source.toString());
        python("cp -RL \"$2\" '%s'; echo \"$6 $8\" > '%s'; echo GGUF > \"$4\""
                .formatted(temporary.resolve("given"), temporary.resolve("type")));
        Files.writeString(folder.resolve("tokenizer.json"), "{}");
        Files.writeString(folder.resolve("modeling_evil.py"), "");
    }

    private void python(String script) throws IOException {
        Path program = Files.writeString(temporary.resolve("python"), "#!/bin/sh\nset -e\nshift 6\n" + script + "\n");
        assertThat(program.toFile().setExecutable(true)).isTrue();
        environment.put("ESPALIER_PYTHON", program.toString());
    }

    private void config(String architecture, String type) throws IOException {
        Files.writeString(folder.resolve("config.json"), """
                {"architectures": ["%s"], "model_type": "%s", "hidden_size": 2, "id2label": {"0": "a"},
                 "auto_map": {"AutoModel": "modeling_evil.X"}, "tie_word_embeddings": false, "rope_theta": 10000.0}
                """.formatted(architecture, type));
    }

    private static SafetensorsWriter body() {
        return new SafetensorsWriter().f32("model.embed_tokens.weight", BODY, 1, 2, 3, 4);
    }

    private Imported run() {
        return new CheckpointImport(temporary.resolve("cache"), environment, null, stages::add)
                .run(Checkpoint.open(folder), "q8_0", Optional.of("some-profile"), temporary.resolve("models"), "mine");
    }

    private JsonNode givenConfig() {
        return Checkpoint.json(temporary.resolve("given/config.json"));
    }

    @Test
    void splitsATwoLayerHeadOff() throws IOException {
        config("Qwen2ForProcessRewardModel", "qwen2");
        body().f32("score.0.weight", BODY, 5, 6, 7, 8)
                .f32("score.0.bias", List.of(2), 9, 10)
                .f32("score.2.weight", List.of(3, 2), 11, 12, 13, 14, 15, 16)
                .f32("score.2.bias", List.of(3), 17, 18, 19)
                .write(folder.resolve("model.safetensors"));

        Imported imported = run();

        assertThat(stages).contains("Splitting the head off: two layers, 3 classes");
        assertThat(Files.readString(temporary.resolve("type"))).isEqualTo("q8_0 My-PRM\n");
        assertThat(givenConfig().path("architectures").path(0).asString()).isEqualTo("Qwen2ForCausalLM");
        assertThat(givenConfig().has("auto_map")).isFalse();
        assertThat(givenConfig().path("tie_word_embeddings").asBoolean()).isTrue();
        assertThat(givenConfig().path("rope_theta").asDouble()).isEqualTo(10000);
        assertThat(SafetensorsFile.open(temporary.resolve("given/model.safetensors"))
                        .tensors())
                .extracting(Tensor::name)
                .containsExactly("model.embed_tokens.weight");
        assertThat(temporary.resolve("given/tokenizer.json")).exists();
        assertThat(temporary.resolve("given/modeling_evil.py")).doesNotExist();
        assertThat(imported.model()).exists();

        GgufHeader head = GgufHeader.read(imported.head()).requireComplete();
        assertThat(head.architecture()).contains("prm-head");
        assertThat(head.metadata().get("espalier.prm.profile")).isEqualTo("some-profile");
        assertThat(head.tensors())
                .extracting(GgufTensor::name)
                .containsExactly("head.dense.weight", "head.dense.bias", "head.out.weight", "head.out.bias");
        assertThat(head.tensors().get(2).shape()).as("inputs first").containsExactly(2L, 3L);
        assertThat(numbers(imported.head(), head, 0)).containsExactly(5, 6, 7, 8);
        assertThat(numbers(imported.head(), head, 2)).containsExactly(11, 12, 13, 14, 15, 16);
        assertThat(numbers(imported.head(), head, 3)).containsExactly(17, 18, 19);
        assertThat(SafetensorsFile.open(folder.resolve("model.safetensors")).tensors())
                .as("the checkpoint is left as it was")
                .hasSize(5);
    }

    private static float[] numbers(Path file, GgufHeader header, int tensor) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        long end = header.tensors().stream()
                .mapToLong(each -> each.offset() + each.bytes())
                .max()
                .orElseThrow();
        GgufTensor wanted = header.tensors().get(tensor);
        float[] values = new float[(int) wanted.elements()];
        int data = (int) (header.expectedBytes() - end);
        ByteBuffer.wrap(bytes)
                .order(ByteOrder.LITTLE_ENDIAN)
                .position(data + (int) wanted.offset())
                .slice()
                .order(ByteOrder.LITTLE_ENDIAN)
                .asFloatBuffer()
                .get(values);
        return values;
    }

    @Test
    void copiesOnlyTheShardThatHoldsTheHead() throws IOException {
        config("Qwen2ForPrmModel", "qwen2");
        body().write(folder.resolve("one.safetensors"));
        new SafetensorsWriter()
                .f32("model.norm.weight", List.of(2), 1, 1)
                .halves("v_head.summary.weight", "BF16", List.of(1, 2), 0x3f80, 0xc000)
                .halves("v_head.summary.bias", "BF16", List.of(1), 0x4000)
                .write(folder.resolve("two.safetensors"));
        Files.writeString(folder.resolve("model.safetensors.index.json"), """
                {"metadata": {}, "weight_map": {"model.embed_tokens.weight": "one.safetensors",
                 "model.norm.weight": "two.safetensors", "v_head.summary.weight": "two.safetensors",
                 "v_head.summary.bias": "two.safetensors"}}
                """);
        python("ls -l \"$2\" > '%s'; cp -RL \"$2\" '%s'; echo GGUF > \"$4\""
                .formatted(temporary.resolve("listing"), temporary.resolve("given")));

        Imported imported = run();

        String listing = Files.readString(temporary.resolve("listing"));
        assertThat(listing).contains("one.safetensors -> ").doesNotContain("two.safetensors -> ");
        assertThat(Checkpoint.json(temporary.resolve("given/model.safetensors.index.json"))
                        .path("weight_map")
                        .size())
                .isEqualTo(2);
        GgufHeader head = GgufHeader.read(imported.head());
        assertThat(head.tensors()).extracting(GgufTensor::name).containsExactly("head.out.weight", "head.out.bias");
        assertThat(numbers(imported.head(), head, 0)).containsExactly(1, -2);
        assertThat(numbers(imported.head(), head, 1)).containsExactly(2);
    }

    @Test
    void knowsTheOtherHeads() throws IOException {
        assertHead("Qwen2ForTokenClassification", "qwen2", "score", 2, "Qwen2ForCausalLM");
        assertHead("LlamaForSequenceClassification", "llama", "score", 1, "LlamaForCausalLM");
        assertHead("ReasonEval_7B", "mistral", "score_head", 3, "MistralForCausalLM");
    }

    private void assertHead(String architecture, String type, String name, int classes, String base)
            throws IOException {
        config(architecture, type);
        body().f32(name + ".weight", List.of(classes, 2), new float[2 * classes])
                .write(folder.resolve("model.safetensors"));
        Checkpoint checkpoint = Checkpoint.open(folder);
        assertThat(checkpoint.head().orElseThrow().classes()).as(architecture).isEqualTo(classes);
        assertThat(checkpoint.baseArchitecture()).isEqualTo(base);
    }

    @Test
    void aCausalModelHasNoHead() throws IOException {
        config("GraniteForCausalLM", "granite");
        body().f32("lm_head.weight", BODY, 1, 2, 3, 4).write(folder.resolve("model.safetensors"));
        assertThat(run().head()).isNull();
        assertThat(givenConfig().path("tie_word_embeddings").asBoolean()).isFalse();
    }

    @Test
    void tensorsInTrlsDrawerAreTakenOut() throws IOException {
        config("Qwen2ForPrmModel", "qwen2");
        new SafetensorsWriter()
                .f32("pretrained_model.model.embed_tokens.weight", BODY, 1, 2, 3, 4)
                .f32("v_head.summary.weight", List.of(1, 2), 1, 2)
                .write(folder.resolve("model.safetensors"));
        run();
        assertThat(SafetensorsFile.open(temporary.resolve("given/model.safetensors"))
                        .tensors())
                .extracting(Tensor::name)
                .containsExactly("model.embed_tokens.weight");
    }

    @Test
    void saysWhatIsMissing() throws IOException {
        assertThatThrownBy(() -> Checkpoint.open(temporary.resolve("none"))).isInstanceOf(UsageException.class);
        assertThatThrownBy(() -> Checkpoint.open(folder)).hasMessageContaining("has no config.json");
        config("Qwen2ForRewardModel", "qwen2");
        assertThatThrownBy(() -> Checkpoint.open(folder)).hasMessageContaining("has no model.safetensors");
        Files.writeString(folder.resolve("pytorch_model.bin"), "");
        assertThatThrownBy(() -> Checkpoint.open(folder)).hasMessageContaining("pickled (.bin), which could run code");
        body().write(folder.resolve("model.safetensors"));
        assertThatThrownBy(this::run)
                .isInstanceOf(EspalierException.class)
                .hasMessageContaining("whose head is not a known one")
                .hasMessageContaining("model.embed_tokens.weight");
        body().f32("score.weight", List.of(2, 3), new float[6]).write(folder.resolve("model.safetensors"));
        assertThatThrownBy(this::run).hasMessageContaining("has the shape [2, 3] where 2 inputs are needed");
        body().f32("score.weight", BODY, new float[4]).write(folder.resolve("model.safetensors"));
        config("NewForTokenClassification", "new");
        assertThatThrownBy(this::run).hasMessageContaining("model_type 'new', for which no base is known");
        Files.delete(folder.resolve("tokenizer.json"));
        assertThatThrownBy(() -> Checkpoint.open(folder)).hasMessageContaining("has no tokenizer");
        Files.writeString(folder.resolve("tokenizer.json"), "{}");
        Files.writeString(
                folder.resolve("model.safetensors.index.json"), "{\"weight_map\": {\"a\": \"../other.safetensors\"}}");
        assertThatThrownBy(() -> Checkpoint.open(folder)).hasMessageContaining("outside its folder");
        Files.writeString(
                folder.resolve("model.safetensors.index.json"), "{\"weight_map\": {\"a\": \"gone.safetensors\"}}");
        assertThatThrownBy(() -> Checkpoint.open(folder)).hasMessageContaining("lacks gone.safetensors");
    }

    @Test
    void aLoraAdapterIsNamed() throws IOException {
        Files.writeString(folder.resolve("adapter_config.json"), "{}");
        assertThatThrownBy(() -> Checkpoint.open(folder)).hasMessageContaining("is a LoRA adapter");
    }

    @Test
    void nothingThatIsStagedNamesCode() throws IOException {
        config("GraniteForCausalLM", "granite");
        body().f32("lm_head.weight", BODY, 1, 2, 3, 4).write(folder.resolve("model.safetensors"));
        Files.writeString(folder.resolve("tokenizer_config.json"), """
                {"\\u0061uto_map": {"AutoTokenizer": ["evil.T", null]}, "tokenizer_class": "evil--tokenizer.T",
                 "model_max_length": Infinity, "extra": [{"deep": {"auto_map": {}, "custom_pipelines": {}, "kept": 1}}]}
                """);
        Files.writeString(folder.resolve("config.4.0.0.json"), "{\"auto_map\": {}, \"trust_remote_code\": true}");
        Files.writeString(folder.resolve("vocab.json"), "{\"auto_map\": 0}");
        Files.createDirectory(folder.resolve("custom_generate"));
        Files.writeString(folder.resolve("custom_generate/generate.py"), "");
        run();

        try (Stream<Path> staged = Files.walk(temporary.resolve("given"))) {
            assertThat(staged.map(file -> file.getFileName().toString())).noneMatch(name -> name.endsWith(".py"));
        }
        JsonNode tokenizer = Checkpoint.json(temporary.resolve("given/tokenizer_config.json"));
        assertThat(tokenizer.propertyNames()).containsExactly("model_max_length", "extra");
        assertThat(Files.readString(temporary.resolve("given/tokenizer_config.json")))
                .contains(":Infinity");
        assertThat(tokenizer.at("/extra/0/deep").propertyNames()).containsExactly("kept");
        assertThat(Checkpoint.json(temporary.resolve("given/config.4.0.0.json")))
                .isEmpty();
        assertThat(Checkpoint.json(temporary.resolve("given/vocab.json")).has("auto_map"))
                .as("a token")
                .isTrue();
    }

    @Test
    void codeThatWasLeftOutIsNamedWhereTheConverterFails() throws IOException {
        config("LlamaForCausalLM", "llama");
        body().write(folder.resolve("model.safetensors"));
        python("echo 'ValueError: no tokenizer' >&2; exit 1");
        assertThatThrownBy(this::run)
                .isInstanceOf(EspalierException.class)
                .hasMessageContaining("converter failed: ValueError: no tokenizer")
                .hasMessageContaining("name Python code (auto_map), which is never run");
        Files.writeString(folder.resolve("tokenizer_config.json"), "{'auto_map': 1}");
        assertThatThrownBy(this::run).hasMessageContaining("tokenizer_config.json is not JSON");
    }

    @Test
    void saysWhyTheConverterFailed() throws IOException {
        config("LlamaForCausalLM", "llama");
        body().write(folder.resolve("model.safetensors"));
        python("echo 'NotImplementedError: BPE pre-tokenizer was not recognized - update' >&2; exit 1");
        assertThatThrownBy(this::run)
                .isInstanceOf(EspalierException.class)
                .hasMessageContaining("llama.cpp v0.5.0 does not know its tokenizer")
                .hasMessageContaining("mine.gguf.log");
        python("echo 'ERROR:hf-to-gguf:Model OddForCausalLM is not supported' >&2; exit 1");
        assertThatThrownBy(this::run).hasMessageContaining("does not know the architecture OddForCausalLM");
        python("echo 'ModuleNotFoundError: No module named torch' >&2; exit 1");
        assertThatThrownBy(this::run)
                .hasMessageContaining("converter failed: ModuleNotFoundError: No module named torch");
        environment.put("ESPALIER_PYTHON", "/no/python");
        assertThatThrownBy(this::run).hasMessageContaining("there is no program /no/python");
        environment.put("ESPALIER_LLAMA_SOURCE", "/no/llama");
        assertThatThrownBy(this::run).hasMessageContaining("ESPALIER_LLAMA_SOURCE=/no/llama has no");
        environment.remove("ESPALIER_LLAMA_SOURCE");
        assertThatThrownBy(this::run).hasMessageContaining("name its folder in ESPALIER_LLAMA_SOURCE");
    }
}
