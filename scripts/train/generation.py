"""Greedy answers from PyTorch: the reference for what llama.cpp writes."""

import torch
import torch.nn.functional as F
from torch import Tensor

from llama import CONTEXT, Llama, rotate


@torch.no_grad()
def greedy(model: Llama, prompts: list[list[int]], end: int) -> tuple[list[list[int]], list[float]]:
    """
    What the model writes after each prompt, the end token included, and by how much the closest of its decisions was won:
    the smallest distance of the two largest logits.

    All sequences advance together, one position at a time, prompts too, so that none needs padding.
    """
    shape = model.shape
    count = len(prompts)
    device = model.embedding.weight.device
    lengths = torch.tensor([len(prompt) for prompt in prompts], device=device)
    tokens = torch.zeros(count, CONTEXT, dtype=torch.long, device=device)
    for row, prompt in enumerate(prompts):
        tokens[row, : len(prompt)] = torch.tensor(prompt)
    cache = [
        torch.zeros(2, count, shape.heads, CONTEXT, shape.head_width, device=device) for _ in range(shape.layers)
    ]
    done = torch.zeros(count, dtype=torch.bool, device=device)
    margins = torch.full((count,), torch.inf, device=device)
    for position in range(CONTEXT - 1):
        logits = _advance(model, tokens[:, position], position, cache)
        writing = (position + 1 >= lengths) & ~done
        best = logits.topk(2, dim=-1)
        tokens[:, position + 1] = torch.where(writing, best.indices[:, 0], tokens[:, position + 1])
        margins = torch.where(writing, margins.minimum(best.values[:, 0] - best.values[:, 1]), margins)
        done |= writing & (tokens[:, position + 1] == end)
        if bool(done.all()):
            break
    answers = []
    for row, prompt in enumerate(prompts):
        written = tokens[row, len(prompt) :].tolist()
        answers.append(written[: written.index(end) + 1] if end in written else written)
    return answers, margins.tolist()


def _advance(model: Llama, tokens: Tensor, position: int, cache: list[Tensor]) -> Tensor:
    cosine, sine = model.cosine[position], model.sine[position]
    x = model.embedding(tokens)
    for layer, (keys, values) in zip(model.layers, cache):
        inner = layer.attention_norm(x)
        attention = layer.attention
        q, k, v = (linear(inner).unflatten(-1, (model.shape.heads, -1)) for linear in (attention.q, attention.k, attention.v))
        keys[:, :, position] = rotate(k, cosine, sine)
        values[:, :, position] = v
        scores = torch.einsum("bhd,bhtd->bht", rotate(q, cosine, sine), keys[:, :, : position + 1])
        weights = (scores * model.shape.head_width**-0.5).softmax(-1)
        mixed = torch.einsum("bht,bhtd->bhd", weights, values[:, :, : position + 1])
        x = x + attention.out(mixed.flatten(1))
        inner = layer.hidden_norm(x)
        x = x + layer.down(F.silu(layer.gate(inner)) * layer.up(inner))
    return F.linear(model.norm(x), model.embedding.weight)
