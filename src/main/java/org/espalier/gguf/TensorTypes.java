package org.espalier.gguf;

import java.util.EnumSet;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Which types llama.cpp v0.5.0 can compute with, by what a tensor is for. What is multiplied with or added to
 * activations number by number has to be in single precision; a matrix or an embedding in any type that has a product.
 */
final class TensorTypes {
    /** Without a product or without a way back to single precision. */
    private static final Set<GgmlType> NOT_COMPUTABLE = EnumSet.of(
            GgmlType.I8, GgmlType.I16, GgmlType.I32, GgmlType.I64, GgmlType.F64, GgmlType.Q8_1, GgmlType.Q8_K);

    /** Tables of indices, which are whole numbers. */
    private static final Pattern INDICES = Pattern.compile(".*(tid2eid|ordering|d2t)(\\.weight)?");

    /** Norms, biases, scales, the kernels of short convolutions, and what a recurrence decays by. */
    private static final Pattern PLAIN = Pattern.compile(
            ".*(_norm(_[a-z0-9]+)*(\\.\\d+)?\\.weight|\\.bias|\\.scale|\\.input_scale"
                    + "|\\.ssm_[ad]|\\.ssm_conv1d(_[qkv])?\\.weight|\\.shortconv\\.conv\\.weight|attn_sinks(\\.weight)?"
                    + "|rope_(freqs|factors_long|factors_short)\\.weight|exp_probs_b\\.bias"
                    + "|\\.time_mix_(lerp_[a-z]+|ln|first|decay|w0|a0|v0|k_k|k_a|r_k)\\.weight|\\.channel_mix_lerp_[a-z]+\\.weight)");

    private TensorTypes() {}

    /** Returns whether llama.cpp can use the tensor; true for types that are not known, which it names itself. */
    static boolean isUsable(GgufTensor tensor) {
        return tensor.type()
                .map(type -> PLAIN.matcher(tensor.name()).matches()
                        ? type == GgmlType.F32
                        : !NOT_COMPUTABLE.contains(type)
                                || INDICES.matcher(tensor.name()).matches())
                .orElse(true);
    }
}
