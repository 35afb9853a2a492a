"""Writes a trained model as a GGUF file that any llama.cpp tool loads."""

import json
from pathlib import Path

import gguf
import numpy as np

from llama import CONTEXT, NORM_EPSILON, ROPE_BASE, Llama
from vocabulary import END_OF_TEXT, SINGLE_DIGITS, SPECIALS, TURN_END, PreTokenizer, Vocabulary

CHAT_TEMPLATE = (
    "{% for message in messages %}{{'<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>' + '\\n'}}"
    "{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}"
)
LAYER_TENSORS = {
    "attention_norm": "attn_norm",
    "attention.q": "attn_q",
    "attention.k": "attn_k",
    "attention.v": "attn_v",
    "attention.out": "attn_output",
    "hidden_norm": "ffn_norm",
    "gate": "ffn_gate",
    "up": "ffn_up",
    "down": "ffn_down",
}


def _gguf_name(name: str) -> str:
    if name == "embedding.weight":
        return "token_embd.weight"
    if name == "norm.weight":
        return "output_norm.weight"
    _, index, rest = name.split(".", 2)
    return f"blk.{index}.{LAYER_TENSORS[rest.removesuffix('.weight')]}.weight"


def _add_vocabulary(writer: gguf.GGUFWriter, path: Path, pre_tokenizer: PreTokenizer) -> None:
    bpe = json.loads(path.read_text(encoding="utf-8"))["model"]
    ids = Vocabulary(path).ids
    tokens = sorted(bpe["vocab"], key=bpe["vocab"].get)
    types = [gguf.TokenType.CONTROL if token in SPECIALS else gguf.TokenType.NORMAL for token in tokens]
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre(pre_tokenizer.name)
    writer.add_token_list(tokens)
    writer.add_token_types(types)
    writer.add_token_merges([" ".join(merge) for merge in bpe["merges"]])
    writer.add_eos_token_id(ids[TURN_END])
    writer.add_pad_token_id(ids[END_OF_TEXT])
    writer.add_bos_token_id(ids[END_OF_TEXT])
    writer.add_add_bos_token(False)
    writer.add_chat_template(CHAT_TEMPLATE)


def export(
    model: Llama,
    vocabulary: Path,
    path: Path,
    name: str,
    description: str,
    notes: dict[str, str],
    pre_tokenizer: PreTokenizer = SINGLE_DIGITS,
) -> None:
    """
    Matrices in F16, norms in F32. Models this small do not survive quantisation.

    :param notes: for Espalier, as ``espalier.*`` keys: how the model is to be used
    """
    shape = model.shape
    partial = path.with_suffix(".part")
    writer = gguf.GGUFWriter(partial, "llama")
    writer.add_name(name)
    writer.add_description(description)
    writer.add_license("apache-2.0")
    writer.add_file_type(gguf.LlamaFileType.MOSTLY_F16)
    writer.add_context_length(CONTEXT)
    writer.add_embedding_length(shape.width)
    writer.add_block_count(shape.layers)
    writer.add_feed_forward_length(shape.hidden)
    writer.add_head_count(shape.heads)
    writer.add_head_count_kv(shape.heads)
    writer.add_layer_norm_rms_eps(NORM_EPSILON)
    writer.add_rope_dimension_count(shape.head_width)
    writer.add_rope_freq_base(ROPE_BASE)
    writer.add_vocab_size(shape.vocabulary)
    for key, value in notes.items():
        # add_string leaves out empty texts, and an empty instruction is not the same as none.
        writer.add_key_value(f"espalier.{key}", value, gguf.GGUFValueType.STRING)
    _add_vocabulary(writer, vocabulary, pre_tokenizer)
    for parameter_name, tensor in model.state_dict().items():
        array = tensor.float().numpy()
        writer.add_tensor(_gguf_name(parameter_name), array.astype(np.float16) if array.ndim == 2 else array)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    partial.replace(path)
