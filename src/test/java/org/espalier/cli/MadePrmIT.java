package org.espalier.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.espalier.catalog.Catalog;
import org.espalier.catalog.HubServer;
import org.espalier.catalog.ModelStore;
import org.espalier.catalog.PipSource;
import org.espalier.model.FetchListener;
import org.espalier.safetensors.SafetensorsWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A PRM that was made of a hub's safetensors is one that llama.cpp loads and that scores steps. */
class MadePrmIT {
    private static final int WIDTH = 64;
    private static final int ROWS = 264;

    @TempDir
    private Path folder;

    /** @param bias of the head, whose weights are scaled by the last argument */
    private Path made(String type, float bias, float scale) throws IOException {
        boolean granite = type.equals("granite");
        try (HubServer hub = new HubServer()) {
            String repository = "owner/Tiny-PRM/";
            hub.holds(
                    repository + "config.json", """
                    {"architectures": ["%s"], "model_type": "%s", "hidden_size": 64, "num_hidden_layers": 2,
                     "num_attention_heads": 2, "num_key_value_heads": 1, "intermediate_size": 64, "vocab_size": 264,
                     "max_position_embeddings": 512, "rope_theta": 10000.0, "rms_norm_eps": 1e-06,
                     "attention_multiplier": 0.125, "logits_scaling": 2.0, "residual_multiplier": 0.5,
                     "embedding_multiplier": 3.0, "bos_token_id": 256, "eos_token_id": 257}
                    """.formatted(granite ? "GraniteForCausalLM" : "Qwen2ForPrmModel", type)
                            .getBytes(StandardCharsets.UTF_8));
            hub.holds(repository + "tokenizer.json", tokenizer());
            hub.holds(repository + "tokenizer_config.json", "{}".getBytes(StandardCharsets.UTF_8));
            hub.holds(repository + "model.safetensors", weights(granite, bias, scale));
            String yaml = """
                    defaultPolicy: p
                    models:
                      - {name: p, description: d, role: policy, licence: MIT, bytes: 1, from: 'hub:a/b/c.gguf'}
                      - {name: made, description: d, role: prm, licence: MIT, bytes: 1, profile: %s,
                         checkpoint: 'hub:owner/Tiny-PRM'}
                    """.formatted(granite ? "granite-math-prm" : "skywork-o1-prm");
            ModelStore store = new ModelStore(
                            Catalog.read(new ByteArrayInputStream(yaml.getBytes(StandardCharsets.UTF_8)), "test"),
                            folder.resolve(type + bias + scale),
                            new PipSource())
                    .withHub(hub.url());
            return store.resolve("made", FetchListener.NONE).path();
        }
    }

    /** Bytes as GPT-2 writes them, and control tokens. */
    private static byte[] tokenizer() {
        Map<String, Integer> vocabulary = new LinkedHashMap<>();
        int next = 256;
        for (int value = 0; value < 256; value++) {
            boolean printed = (value >= '!' && value <= '~') || (value >= 0xa1 && value <= 0xac) || value >= 0xae;
            vocabulary.put(Character.toString(printed ? value : next++), value);
        }
        Map<String, Object> tokenizer = Map.of(
                "model", Map.of("type", "BPE", "vocab", vocabulary, "merges", List.of()),
                "added_tokens",
                        List.of(
                                Map.of("id", 256, "content", "<|endoftext|>", "special", true),
                                Map.of("id", 257, "content", "<|end_of_text|>", "special", true),
                                Map.of("id", 258, "content", "<|start_of_role|>", "special", true),
                                Map.of("id", 259, "content", "<|end_of_role|>", "special", true)));
        return JsonMapper.builder().build().writeValueAsBytes(tokenizer);
    }

    private byte[] weights(boolean granite, float bias, float scale) throws IOException {
        SafetensorsWriter writer = new SafetensorsWriter();
        Random random = new Random(7);
        random(writer, random, "model.embed_tokens.weight", 1, ROWS, WIDTH);
        for (int layer = 0; layer < 2; layer++) {
            String name = "model.layers." + layer + ".";
            random(writer, random, name + "self_attn.q_proj.weight", 0.2f, 64, WIDTH);
            random(writer, random, name + "self_attn.k_proj.weight", 0.2f, 32, WIDTH);
            random(writer, random, name + "self_attn.v_proj.weight", 0.2f, 32, WIDTH);
            if (!granite) {
                random(writer, random, name + "self_attn.q_proj.bias", 0.2f, 64);
                random(writer, random, name + "self_attn.k_proj.bias", 0.2f, 32);
                random(writer, random, name + "self_attn.v_proj.bias", 0.2f, 32);
            }
            random(writer, random, name + "self_attn.o_proj.weight", 0.2f, WIDTH, 64);
            random(writer, random, name + "mlp.gate_proj.weight", 0.2f, 64, WIDTH);
            random(writer, random, name + "mlp.up_proj.weight", 0.2f, 64, WIDTH);
            random(writer, random, name + "mlp.down_proj.weight", 0.2f, WIDTH, 64);
            random(writer, random, name + "input_layernorm.weight", 1, WIDTH);
            random(writer, random, name + "post_attention_layernorm.weight", 1, WIDTH);
        }
        random(writer, random, "model.norm.weight", 1, WIDTH);
        if (!granite) {
            random(writer, random, "v_head.summary.weight", scale, 1, WIDTH);
            writer.f32("v_head.summary.bias", List.of(1), bias);
        }
        return Files.readAllBytes(writer.write(folder.resolve("published")));
    }

    private static void random(SafetensorsWriter writer, Random random, String name, float scale, Integer... shape) {
        int elements = 1;
        for (int length : shape) {
            elements *= length;
        }
        float[] values = new float[elements];
        for (int i = 0; i < elements; i++) {
            values[i] = (float) random.nextGaussian() * scale;
        }
        writer.f32(name, List.of(shape), values);
    }

    private JsonNode scores(Path model, String profile) throws IOException {
        Path solution = Files.writeString(folder.resolve("solution.txt"), "Two and two.\n\nThat is four.");
        Cli cli = Cli.run(
                "score",
                "--problem",
                "How much is 2 + 2?",
                "--solution",
                solution.toString(),
                "--prm",
                model.toString(),
                "--prm-profile",
                profile,
                "--threads",
                "1",
                "--json");
        assertThat(cli.code()).as(cli.err()).isZero();
        return cli.json().path("stepScores");
    }

    @Test
    void aPrmWithAHeadScoresByIt() throws IOException {
        JsonNode byBias = scores(made("qwen2", 0.5f, 0), "skywork-o1-prm");
        assertThat(byBias).hasSize(2);
        assertThat(byBias.path(0).asDouble()).isCloseTo(1 / (1 + Math.exp(-0.5)), within(1e-4));
        JsonNode byWeights = scores(made("qwen2", 0, 0.2f), "skywork-o1-prm");
        assertThat(byWeights.path(0).asDouble())
                .isBetween(0.001, 0.999)
                .isNotEqualTo(byWeights.path(1).asDouble());
    }

    @Test
    void aPrmWithoutAHeadScoresByItsVerdict() throws IOException {
        JsonNode scores = scores(made("granite", 0, 0), "granite-math-prm");
        assertThat(scores).hasSize(2);
        assertThat(scores.path(0).asDouble()).isBetween(0.0, 1.0);
    }
}
