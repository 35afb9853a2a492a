"""The llama architecture as llama.cpp runs it, small enough to train on a desktop's cores."""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

ROPE_BASE = 10000.0
NORM_EPSILON = 1e-5
CONTEXT = 640


@dataclass(frozen=True)
class Shape:
    width: int
    layers: int
    heads: int
    hidden: int
    vocabulary: int

    @property
    def head_width(self) -> int:
        return self.width // self.heads


class RmsNorm(nn.Module):
    def __init__(self, width: int):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))

    def forward(self, x: Tensor) -> Tensor:
        x = x.float()
        return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + NORM_EPSILON) * self.weight


def rotate(x: Tensor, cosine: Tensor, sine: Tensor) -> Tensor:
    """Rotary embedding of neighbouring pairs, the order that llama.cpp expects: no rows are permuted on export."""
    even, odd = x.float().unflatten(-1, (-1, 2)).unbind(-1)
    return torch.stack((even * cosine - odd * sine, even * sine + odd * cosine), -1).flatten(-2).to(x.dtype)


class Attention(nn.Module):
    def __init__(self, shape: Shape):
        super().__init__()
        self.shape = shape
        self.q = nn.Linear(shape.width, shape.width, bias=False)
        self.k = nn.Linear(shape.width, shape.width, bias=False)
        self.v = nn.Linear(shape.width, shape.width, bias=False)
        self.out = nn.Linear(shape.width, shape.width, bias=False)

    def forward(self, x: Tensor, cosine: Tensor, sine: Tensor, mask: Tensor) -> Tensor:
        q, k, v = (
            linear(x).unflatten(-1, (self.shape.heads, -1)).transpose(1, 2) for linear in (self.q, self.k, self.v)
        )
        q, k = rotate(q, cosine, sine), rotate(k, cosine, sine)
        # Written out: on a CPU the backward pass of scaled_dot_product_attention is the slower one.
        scores = (q @ k.transpose(-1, -2)) * self.shape.head_width**-0.5
        weights = (scores + mask).float().softmax(-1).to(v.dtype)
        return self.out((weights @ v).transpose(1, 2).flatten(2))


class Layer(nn.Module):
    def __init__(self, shape: Shape):
        super().__init__()
        self.attention_norm = RmsNorm(shape.width)
        self.attention = Attention(shape)
        self.hidden_norm = RmsNorm(shape.width)
        self.gate = nn.Linear(shape.width, shape.hidden, bias=False)
        self.up = nn.Linear(shape.width, shape.hidden, bias=False)
        self.down = nn.Linear(shape.hidden, shape.width, bias=False)

    def forward(self, x: Tensor, cosine: Tensor, sine: Tensor, mask: Tensor) -> Tensor:
        x = x + self.attention(self.attention_norm(x), cosine, sine, mask)
        inner = self.hidden_norm(x)
        return x + self.down(F.silu(self.gate(inner)) * self.up(inner))

    def silence(self) -> None:
        """Makes the layer the identity, so that adding it changes nothing until it has learnt something."""
        nn.init.zeros_(self.attention.out.weight)
        nn.init.zeros_(self.down.weight)


class Llama(nn.Module):
    def __init__(self, shape: Shape):
        super().__init__()
        self.shape = shape
        self.embedding = nn.Embedding(shape.vocabulary, shape.width)
        self.layers = nn.ModuleList(Layer(shape) for _ in range(shape.layers))
        self.norm = RmsNorm(shape.width)
        angles = torch.outer(
            torch.arange(CONTEXT).float(),
            ROPE_BASE ** (-torch.arange(0, shape.head_width, 2).float() / shape.head_width),
        )
        self.register_buffer("cosine", angles.cos(), persistent=False)
        self.register_buffer("sine", angles.sin(), persistent=False)

    def initialise(self, seed: int) -> None:
        generator = torch.Generator().manual_seed(seed)
        for name, parameter in self.named_parameters():
            if parameter.dim() == 2:
                scale = 0.02 if name == "embedding.weight" else 0.5 * parameter.shape[1] ** -0.5
                nn.init.normal_(parameter, std=scale, generator=generator)
        for layer in self.layers:
            layer.silence()

    def through(self, layers: slice, x: Tensor, mask: Tensor) -> Tensor:
        """What some of the layers make of the stream."""
        length = x.shape[1]
        for layer in self.layers[layers]:
            x = layer(x, self.cosine[:length], self.sine[:length], mask)
        return x

    def states(self, tokens: Tensor, documents: Tensor) -> Tensor:
        """
        What the last layer makes of each token.

        :param documents: for each token the number of its document; tokens see only those of their own
        """
        return self.norm(self.through(slice(None), self.embedding(tokens), attention_mask(documents)))

    def forward(self, tokens: Tensor, documents: Tensor) -> Tensor:
        return F.linear(self.states(tokens, documents), self.embedding.weight)


def attention_mask(documents: Tensor) -> Tensor:
    """What is added to the attention: nothing where a token may look, a large negative number elsewhere."""
    length = documents.shape[1]
    later = torch.ones(length, length, dtype=torch.bool, device=documents.device).triu(1)
    hidden = (later | (documents[:, :, None] != documents[:, None, :]))[:, None]
    return torch.where(hidden, -1e4, 0.0)

