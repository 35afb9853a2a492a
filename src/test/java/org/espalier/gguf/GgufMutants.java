package org.espalier.gguf;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.espalier.gguf.EditableGguf.Entry;
import org.espalier.gguf.EditableGguf.Tensor;

/** Every way of changing one field of a GGUF file to what it should not be. */
public final class GgufMutants {
    private static final List<Object> NUMBERS = List.of(
            0L,
            1L,
            2L,
            3L,
            7L,
            31L,
            33L,
            64L,
            65L,
            255L,
            1000L,
            65536L,
            (1L << 31) - 1,
            1L << 31,
            (1L << 32) - 1,
            -1L,
            -2L);
    private static final List<Object> REALS = List.of(
            0.0,
            -0.0,
            -1.0,
            -1e-6,
            1e-45,
            1e-30,
            1e30,
            3e38,
            1e6,
            0.5,
            Double.NaN,
            Double.POSITIVE_INFINITY,
            Double.NEGATIVE_INFINITY);
    private static final List<String> TEXTS = List.of(
            "",
            "none",
            "llama",
            "gpt2",
            "bert",
            "t5",
            "rwkv",
            "plamo2",
            "no_vocab",
            "default",
            "x",
            "qwen2",
            "gemma",
            "lora");

    /** Keys that a model of the architecture may have and these lack. */
    private static final List<String> OWN_NUMBERS = List.of(
            "attention.key_length",
            "attention.value_length",
            "attention.sliding_window",
            "attention.sliding_window_pattern",
            "attention.head_count_kv",
            "attention.key_length_swa",
            "attention.group_norm_groups",
            "expert_count",
            "expert_used_count",
            "expert_shared_count",
            "expert_group_count",
            "leading_dense_block_count",
            "nextn_predict_layers",
            "rope.dimension_count",
            "rope.scaling.original_context_length",
            "embedding_length_out",
            "embedding_length_per_layer_input",
            "pooling_type",
            "vocab_size",
            "shortconv.l_cache",
            "ssm.conv_kernel",
            "ssm.inner_size",
            "ssm.state_size",
            "ssm.time_step_rank",
            "ssm.group_count",
            "full_attention_interval",
            "decoder_block_count",
            "n_deepstack_layers");

    private static final List<String> OWN_REALS = List.of(
            "attention.layer_norm_epsilon",
            "attention.layer_norm_rms_epsilon",
            "attention.group_norm_epsilon",
            "attention.clamp_kqv",
            "attention.max_alibi_bias",
            "attention.scale",
            "attention.output_scale",
            "attn_logit_softcapping",
            "final_logit_softcapping",
            "logit_scale",
            "residual_scale",
            "embedding_scale",
            "rope.freq_base",
            "rope.freq_base_swa",
            "rope.scale_linear",
            "rope.scaling.factor",
            "rope.scaling.attn_factor",
            "rope.scaling.yarn_log_multiplier",
            "rope.scaling.yarn_ext_factor",
            "rope.scaling.yarn_beta_fast",
            "expert_weights_scale");
    private static final List<String> OTHER_NUMBERS = List.of(
            "general.alignment",
            "general.file_type",
            "general.quantization_version",
            "split.count",
            "split.no",
            "split.tensors.count",
            "tokenizer.ggml.bos_token_id",
            "tokenizer.ggml.eos_token_id",
            "tokenizer.ggml.eot_token_id",
            "tokenizer.ggml.unknown_token_id",
            "tokenizer.ggml.padding_token_id",
            "tokenizer.ggml.fim_pre_token_id",
            "tokenizer.ggml.mask_token_id",
            "tokenizer.ggml.token_type_count",
            "tokenizer.ggml.add_space_prefix",
            "tokenizer.ggml.add_bos_token",
            "tokenizer.ggml.remove_extra_whitespaces");
    private static final List<String> OTHER_TEXTS = List.of(
            "general.type", "general.name", "tokenizer.ggml.pre", "tokenizer.ggml.model", "tokenizer.chat_template");

    private final EditableGguf base;
    private final String architecture;
    private final List<Mutant> mutants = new ArrayList<>();

    /** @param name what is changed, and to what */
    public record Mutant(String name, Supplier<byte[]> bytes) {}

    private GgufMutants(EditableGguf base) {
        this.base = base;
        architecture = String.valueOf(base.entry("general.architecture").value);
    }

    /** Changes of a model's header and of its length. */
    public static List<Mutant> ofModel(EditableGguf base) {
        GgufMutants made = new GgufMutants(base);
        made.fields();
        made.additions();
        made.architectures();
        made.vocabulary();
        made.cuts();
        return made.mutants;
    }

    /** Changes of an adapter's or a head's header and of its length. */
    public static List<Mutant> ofPart(EditableGguf base) {
        GgufMutants made = new GgufMutants(base);
        made.fields();
        made.cuts();
        for (Object value : NUMBERS) {
            made.add("general.alignment " + value, model -> model.set("general.alignment", EditableGguf.UINT32, value));
        }
        return made.mutants;
    }

    private void add(String name, Consumer<EditableGguf> change) {
        mutants.add(new Mutant(name, () -> {
            EditableGguf copy = base.copy();
            change.accept(copy);
            return copy.toBytes();
        }));
    }

    private void fields() {
        for (Entry entry : base.metadata) {
            String key = entry.key;
            add("without " + key, model -> model.metadata.remove(model.entry(key)));
            add("renamed " + key, model -> model.entry(key).key = key + "x");
            add("twice " + key, model -> model.metadata.add(model.entry(key)));
            for (int type = 0; type <= 13; type++) {
                int other = type;
                if (type != entry.type) {
                    add("type of " + key + " " + type, model -> {
                        Entry changed = model.entry(key);
                        changed.type = other;
                        changed.elementType = changed.elementType == 0 ? EditableGguf.UINT32 : changed.elementType;
                        if (other == EditableGguf.ARRAY && !(changed.value instanceof List)) {
                            changed.value = new ArrayList<>(Collections.nCopies(2, changed.value));
                        }
                    });
                }
            }
            if (entry.type == EditableGguf.ARRAY) {
                lists(entry);
            } else {
                for (Object value : valuesFor(entry.type)) {
                    add(key + " " + value, model -> model.entry(key).value = value);
                }
                if (entry.value instanceof Long whole) {
                    for (long value : new long[] {whole - 1, whole + 1, 2 * whole, whole / 2, 3 * whole}) {
                        add(key + " " + value, model -> model.entry(key).value = value);
                    }
                    if (key.startsWith(architecture)) {
                        perLayer(key, whole);
                    }
                }
            }
        }
        base.tensors.forEach(this::tensor);
    }

    private static List<? extends Object> valuesFor(int type) {
        return switch (type) {
            case EditableGguf.STRING -> TEXTS;
            case EditableGguf.FLOAT32, 12 -> REALS;
            default -> NUMBERS;
        };
    }

    private void perLayer(String key, long value) {
        for (List<Long> values : List.of(
                List.of(value, value),
                List.of(value, 2 * value),
                List.of(value, 0L),
                List.of(0L, value),
                List.of(value / 2, value),
                List.of(value),
                List.<Long>of(),
                List.of(value, value, value))) {
            add(key + " " + values, model -> model.setList(key, EditableGguf.UINT32, values));
        }
    }

    private void lists(Entry entry) {
        String key = entry.key;
        int size = entry.list().size();
        for (int type = 0; type <= 13; type++) {
            int other = type;
            if (type != entry.elementType) {
                add("elements of " + key + " " + type, model -> model.entry(key).elementType = other);
            }
        }
        add(key + " empty", model -> model.entry(key).list().clear());
        add(key + " shorter", model -> model.entry(key).list().remove(size - 1));
        add(
                key + " half",
                model -> model.entry(key).list().subList(size / 2, size).clear());
        add(
                key + " longer",
                model -> model.entry(key).list().add(model.entry(key).list().get(0)));
        add(
                key + " twice as long",
                model -> model.entry(key).list().addAll(base.entry(key).list()));
        add(key + " reversed", model -> Collections.reverse(model.entry(key).list()));
        add(
                key + " all the same",
                model -> Collections.fill(
                        model.entry(key).list(), base.entry(key).list().get(size - 1)));
        for (Object value : valuesFor(entry.elementType)) {
            for (int at : new int[] {0, size / 2, size - 1}) {
                add(
                        key + "[" + at + "] " + value,
                        model -> model.entry(key).list().set(at, value));
            }
            add(
                    key + "[all] " + value,
                    model -> Collections.fill(model.entry(key).list(), value));
        }
    }

    private void tensor(Tensor tensor) {
        String name = tensor.name;
        add("without " + name, model -> model.tensors.remove(model.tensor(name)));
        add("renamed " + name, model -> model.tensor(name).name = name + "x");
        add("twice " + name, model -> model.tensors.add(model.tensor(name)));
        for (int type = 0; type <= 45; type++) {
            int other = type;
            if (type != tensor.type) {
                add("type of " + name + " " + type, model -> model.tensor(name).become(other, tensor.shape));
            }
        }
        for (long[] shape : shapes(tensor.shape)) {
            add(
                    "shape of " + name + " " + Arrays.toString(shape),
                    model -> model.tensor(name).become(tensor.type, shape));
        }
        for (long shift : new long[] {1, 4, 32, -32, 1 << 20, Long.MAX_VALUE - 100}) {
            add("place of " + name + " +" + shift, model -> model.tensor(name).shift = shift);
        }
        for (int bits : new int[] {0x7fc00000, 0x7f800000}) {
            add("numbers of " + name + " " + Float.intBitsToFloat(bits), model -> {
                Tensor changed = model.tensor(name);
                byte[] data = new byte[changed.data.length];
                for (int i = 0; i < data.length; i++) {
                    data[i] = (byte) (bits >> 8 * (i % 4));
                }
                changed.data = data;
            });
        }
    }

    private static List<long[]> shapes(long[] shape) {
        List<long[]> shapes = new ArrayList<>();
        shapes.add(new long[0]);
        for (int i = 0; i < shape.length; i++) {
            for (long length :
                    new long[] {0, 1, shape[i] - 1, shape[i] + 1, 2 * shape[i], shape[i] / 2, -1, 1L << 32, 1L << 62}) {
                long[] changed = shape.clone();
                changed[i] = length;
                shapes.add(changed);
            }
        }
        if (shape.length > 1) {
            long[] turned = shape.clone();
            turned[0] = shape[1];
            turned[1] = shape[0];
            shapes.add(turned);
            shapes.add(new long[] {shape[0] * shape[1]});
        }
        for (long more : new long[] {1, 2, 0}) {
            long[] longer = Arrays.copyOf(shape, shape.length + 1);
            longer[shape.length] = more;
            shapes.add(longer);
        }
        long[] four = Arrays.copyOf(shape, 4);
        Arrays.fill(four, shape.length, 4, 1);
        shapes.add(four);
        shapes.add(new long[] {shape[0], 1, 1, 1, 1});
        return shapes;
    }

    private void additions() {
        for (String own : OWN_NUMBERS) {
            String key = architecture + "." + own;
            if (!base.has(key)) {
                for (Object value : NUMBERS) {
                    add("with " + key + " " + value, model -> model.set(key, EditableGguf.UINT32, value));
                }
                perLayer(key, 2);
            }
        }
        for (String own : OWN_REALS) {
            String key = architecture + "." + own;
            if (!base.has(key)) {
                for (Object value : REALS) {
                    add("with " + key + " " + value, model -> model.set(key, EditableGguf.FLOAT32, value));
                }
            }
        }
        for (String key : OTHER_NUMBERS) {
            if (!base.has(key)) {
                for (Object value : NUMBERS) {
                    add("with " + key + " " + value, model -> model.set(key, EditableGguf.UINT32, value));
                }
            }
        }
        for (String key : OTHER_TEXTS) {
            if (!base.has(key)) {
                for (String value : TEXTS) {
                    add("with " + key + " " + value, model -> model.set(key, EditableGguf.STRING, value));
                }
            }
        }
        for (String value : List.of("none", "linear", "yarn", "longrope", "x")) {
            String key = architecture + ".rope.scaling.type";
            add("with " + key + " " + value, model -> model.set(key, EditableGguf.STRING, value));
            add(
                    "with " + key + " " + value + " and a factor",
                    model -> model.set(key, EditableGguf.STRING, value)
                            .set(architecture + ".rope.scaling.factor", EditableGguf.FLOAT32, 4.0));
        }
        for (List<Long> sections :
                List.of(List.of(1L, 1L, 1L, 1L), List.of(0L, 0L, 0L, 0L), List.of(8L, 8L), List.of(-1L, 2L, 3L, 4L))) {
            String key = architecture + ".rope.dimension_sections";
            add("with " + key + " " + sections, model -> model.setList(key, EditableGguf.INT32, sections));
        }
        for (long length : new long[] {1, 4, 8, 16, 32, 64}) {
            add("rope_freqs of " + length, model -> model.with("rope_freqs.weight", 1, length));
        }
    }

    /** The same numbers under the name, and the keys, of another family. */
    private void architectures() {
        for (String other : Architectures.ALL) {
            if (!other.equals(architecture)) {
                add("architecture " + other, model -> {
                    model.entry("general.architecture").value = other;
                    for (Entry entry : model.metadata) {
                        if (entry.key.startsWith(architecture + ".")) {
                            entry.key = other + entry.key.substring(architecture.length());
                        }
                    }
                });
            }
        }
    }

    private void vocabulary() {
        for (String kind : TEXTS) {
            for (String pre : List.of("default", "qwen2", "llama-bpe", "gpt-2", "tekken", "deepseek-v3")) {
                add(
                        "tokenizer " + kind + " " + pre,
                        model -> model.set("tokenizer.ggml.model", EditableGguf.STRING, kind)
                                .set("tokenizer.ggml.pre", EditableGguf.STRING, pre));
            }
        }
        if (!base.has("tokenizer.ggml.tokens")) {
            return;
        }
        add("without byte tokens", model -> {
            List<Object> texts = model.entry("tokenizer.ggml.tokens").list();
            for (int i = 0; i < texts.size(); i++) {
                if (String.valueOf(texts.get(i)).length() <= 6) {
                    texts.set(i, "word" + i);
                }
            }
        });
        add("without tokenizer", model -> model.metadata.removeIf(entry -> entry.key.startsWith("tokenizer.")));
        add("without tokenizer of its own", model -> {
            model.metadata.removeIf(entry -> entry.key.startsWith("tokenizer."));
            model.set("tokenizer.ggml.model", EditableGguf.STRING, "none");
            model.set("tokenizer.ggml.model", EditableGguf.STRING, "none")
                    .set(architecture + ".vocab_size", EditableGguf.UINT32, base.tensor("token_embd.weight").shape[1]);
        });
    }

    private void cuts() {
        byte[] whole = base.toBytes();
        for (int i = 0; i < 60; i++) {
            int length = (int) ((long) whole.length * i / 60);
            mutants.add(new Mutant("cut to " + length, () -> Arrays.copyOf(whole, length)));
        }
        for (int i = 1; i < 20; i++) {
            int length = whole.length - i;
            mutants.add(new Mutant("cut by " + i, () -> Arrays.copyOf(whole, length)));
        }
        for (int version : new int[] {0, 1, 2, 4, 0x03000000}) {
            add("version " + version, model -> model.version = version);
        }
    }
}
