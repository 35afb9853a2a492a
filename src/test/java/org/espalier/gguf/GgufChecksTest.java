package org.espalier.gguf;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.espalier.model.EspalierException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Models that llama.cpp would end the process for; each of these did. */
class GgufChecksTest {
    @TempDir
    private Path folder;

    private static EditableGguf model() {
        return new EditableGguf()
                .set("general.architecture", EditableGguf.STRING, "llama")
                .set("general.alignment", EditableGguf.UINT32, 32L)
                .set("llama.context_length", EditableGguf.UINT32, 64L)
                .set("llama.embedding_length", EditableGguf.UINT32, 64L)
                .set("llama.block_count", EditableGguf.UINT32, 2L)
                .set("llama.attention.head_count", EditableGguf.UINT32, 4L)
                .set("llama.attention.head_count_kv", EditableGguf.UINT32, 2L)
                .set("llama.attention.layer_norm_rms_epsilon", EditableGguf.FLOAT32, 1e-5)
                .set("llama.rope.dimension_count", EditableGguf.UINT32, 16L)
                .set("llama.rope.freq_base", EditableGguf.FLOAT32, 1e4)
                .set("tokenizer.ggml.model", EditableGguf.STRING, "llama")
                .setList("tokenizer.ggml.token_type", EditableGguf.INT32, List.of(2L, 3L, 6L, 6L))
                .with("token_embd.weight", 1, 64, 4)
                .with("blk.0.attn_norm.weight", 1, 64)
                .with("blk.0.attn_q.weight", 1, 64, 64)
                .with("blk.0.attn_q.bias", 1, 64)
                .with("output_norm.weight", 1, 64);
    }

    private static Arguments with(String said, Consumer<EditableGguf> change) {
        return arguments(said, change);
    }

    private static Arguments value(String said, String key, Object value) {
        return with(said, model -> model.entry(key).value = value);
    }

    private static Arguments type(String tensor, GgmlType type) {
        return with(tensor + " of type " + type, model -> {
            EditableGguf.Tensor changed = model.tensor(tensor);
            changed.become(type.id(), changed.shape);
        });
    }

    static Stream<Arguments> models() {
        String epsilon = "llama.attention.layer_norm_rms_epsilon";
        return Stream.of(
                type("output_norm.weight", GgmlType.F16),
                type("output_norm.weight", GgmlType.Q8_0),
                type("blk.0.attn_norm.weight", GgmlType.BF16),
                type("blk.0.attn_q.bias", GgmlType.F16),
                type("blk.0.attn_q.weight", GgmlType.I32),
                type("blk.0.attn_q.weight", GgmlType.F64),
                type("blk.0.attn_q.weight", GgmlType.Q8_1),
                type("token_embd.weight", GgmlType.I8),
                type("token_embd.weight", GgmlType.I16),
                value("epsilon of -1.0", epsilon, -1.0),
                value("epsilon of NaN", epsilon, Double.NaN),
                value("epsilon of Infinity", epsilon, Double.POSITIVE_INFINITY),
                value("freq_base of NaN", "llama.rope.freq_base", Double.NaN),
                value("a rotation of 17 numbers", "llama.rope.dimension_count", 17L),
                value("a rotation of 32 numbers", "llama.rope.dimension_count", 32L),
                value("share 3 heads", "llama.attention.head_count_kv", 3L),
                with(
                        "differs between layers",
                        model -> model.setList("llama.attention.head_count_kv", EditableGguf.UINT32, List.of(2L, 4L))),
                with(
                        "differs between layers",
                        model -> model.setList("llama.attention.head_count", EditableGguf.UINT32, List.of(4L, 0L))),
                with(
                        "keys of 16 numbers and values of 8",
                        model -> model.set("llama.attention.value_length", EditableGguf.UINT32, 8L)),
                value("no tokenizer", "tokenizer.ggml.model", "none"),
                value("the tokenizer of rwkv", "tokenizer.ggml.model", "rwkv"),
                value("tokens of bytes", "tokenizer.ggml.model", "bert"),
                value("an alignment of less than 32", "general.alignment", 1L),
                with("no experts", model -> {
                    model.entry("general.architecture").value = "llada-moe";
                    model.metadata.forEach(entry -> entry.key = entry.key.replaceFirst("^llama\\.", "llada-moe."));
                }),
                with("rotations in sections of no number", model -> {
                    model.entry("general.architecture").value = "paddleocr";
                    model.metadata.forEach(entry -> entry.key = entry.key.replaceFirst("^llama\\.", "paddleocr."));
                }),
                with(
                        "rotations in sections of [1, -1, 0, 0]",
                        model -> model.setList(
                                "llama.rope.dimension_sections", EditableGguf.INT32, List.of(1L, -1L, 0L, 0L))),
                with("metadata keys", model -> {
                    for (int i = 0; i < 60_000; i++) {
                        model.metadata.add(new EditableGguf.Entry("key." + i, EditableGguf.UINT32, 0, 0L));
                    }
                }));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("models")
    void isRefusedInOneLine(String said, Consumer<EditableGguf> change) throws IOException {
        EditableGguf model = model();
        change.accept(model);
        Path file = model.write(folder.resolve("m.gguf"));
        assertThatThrownBy(() -> GgufHeader.read(file).requireLoadable())
                .isInstanceOf(EspalierException.class)
                .hasMessageContaining(said)
                .hasMessageMatching("\\P{Cntrl}+");
    }

    @Test
    void aSoundModelIsNot() throws IOException {
        Path file = model().write(folder.resolve("m.gguf"));
        assertThatCode(() -> GgufHeader.read(file).requireLoadable()).doesNotThrowAnyException();
    }

    /** What models have that look unlike others. */
    @Test
    void theUnusualButSoundAreNot() throws IOException {
        EditableGguf model = model();
        model.entry("general.architecture").value = "lfm2";
        model.metadata.forEach(entry -> entry.key = entry.key.replaceFirst("^llama\\.", "lfm2."));
        model.setList("lfm2.attention.head_count_kv", EditableGguf.UINT32, List.of(0L, 2L));
        model.setList("tokenizer.ggml.scores", EditableGguf.FLOAT32, Collections.nCopies(4, Double.NEGATIVE_INFINITY));
        model.set("lfm2.attention.clamp_kqv", EditableGguf.FLOAT32, Double.POSITIVE_INFINITY);
        EditableGguf.Tensor bits = model.tensor("blk.0.attn_q.weight");
        bits.become(GgmlType.BF16.id(), bits.shape);
        Path file = model.write(folder.resolve("m.gguf"));
        assertThatCode(() -> GgufHeader.read(file).requireLoadable()).doesNotThrowAnyException();
    }

    @Test
    void aModelWithoutAttentionHasNoHeads() throws IOException {
        EditableGguf model = model();
        model.entry("general.architecture").value = "mamba";
        model.metadata.removeIf(entry -> entry.key.matches("llama\\.(attention|rope)\\..*"));
        model.metadata.forEach(entry -> entry.key = entry.key.replaceFirst("^llama\\.", "mamba."));
        model.set("mamba.attention.head_count", EditableGguf.UINT32, 0L);
        Path file = model.write(folder.resolve("m.gguf"));
        assertThatCode(() -> GgufHeader.read(file).requireLoadable()).doesNotThrowAnyException();
    }
}
