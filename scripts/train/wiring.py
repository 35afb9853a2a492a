"""
Attention set by hand, for what a PRM has to look at: the token before, the step it is in, the least likely token of that.

Gradients find none of the three in thousands of steps, and all else quickly once they are there. The numbers that pass
between the layers lie in dimensions that the base does not have, small enough to leave the base's norms as they are.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from llama import ROPE_BASE, Layer, Llama, Shape

HEADS = 1
NEW_LAYERS = 2
# What a dimension holds beyond the width of the base.
CONSTANT, COUNTED, STEP_VALUE, STEP, CONSTANT_BEFORE, STEP_BEFORE, SURPRISE, VERDICT = range(8)
CODES = 8
# Of the root mean square of a token's embedding.
SHARE = 0.02
# In the exponent of the attention.
TO_COUNTED, TO_PREDECESSOR, TO_STEP, TO_SURPRISE, FROM_COUNTED = 20.0, 40.0, 1000.0, 2.0, 3000.0


def widened(base: Llama) -> Llama:
    """A copy of ``base`` with room beside what it computes, one more head per layer, and layers that change nothing."""
    old = base.shape
    shape = Shape(old.width + HEADS * old.head_width, old.layers + NEW_LAYERS, old.heads + HEADS, old.hidden, old.vocabulary)
    model = Llama(shape)
    model.initialise(seed=1)
    copied = base.state_dict()
    with torch.no_grad():
        for name, tensor in model.state_dict().items():
            if name not in copied:
                continue
            old_tensor = copied[name]
            if tensor.dim() == 1:
                # The mean over more dimensions of the same squares is smaller.
                old_tensor = old_tensor * (old.width / shape.width) ** 0.5
            tensor.zero_()
            tensor[tuple(slice(size) for size in old_tensor.shape)] = old_tensor
    return model


@dataclass(frozen=True)
class Marks:
    """Tokens by which a reader of a solution knows where it is: what ends the prompt, and what ends a step."""

    prompt_end: int
    step_end: int


class Wiring:
    def __init__(self, llama: Llama, base_width: int, marks: Marks, scale: float):
        """
        :param llama: a widened model
        :param scale: the root mean square of the stream where the new layers begin
        """
        self.llama = llama
        self.base = base_width
        self.marks = marks
        self.scale = scale
        self.head = llama.shape.head_width

    @torch.no_grad()
    def connect(self) -> None:
        before, after = self.llama.layers[-2:]
        self._embed()
        self._count_steps(self.llama.layers[0])
        self._look_at_predecessor(before)
        for copied, copy in ((CONSTANT, CONSTANT_BEFORE), (STEP, STEP_BEFORE)):
            self._copy(before, copied, copy)
        self._look_at_least_likely(after)
        self._of_this_step(after)

    def dimension(self, of: int) -> int:
        return self.base + of

    def surprise_alone(self) -> Tensor:
        """One where the first new layer is to write, zero elsewhere: what is kept there is small beside what it could write."""
        alone = torch.zeros(self.llama.shape.width)
        alone[self.dimension(SURPRISE)] = 1
        return alone

    def _embed(self) -> None:
        """Every token gets a code in which it can be found again after the base's layers have covered its embedding."""
        embedding = self.llama.embedding.weight
        scale = SHARE * embedding.square().mean(-1).sqrt()
        # What the first layer reads is divided by the length of each token's embedding; here it is multiplied by it.
        room = embedding[:, self.base :]
        room[:, CONSTANT] = scale.mean()
        room[:, STEP_VALUE] = -scale
        room[self.marks.prompt_end, STEP_VALUE] *= 0.9
        room[self.marks.step_end, STEP_VALUE] *= -1
        counted = [self.marks.prompt_end, self.marks.step_end]
        room[counted, COUNTED] = scale[counted]
        codes = torch.randn(room[:, CODES:].shape, generator=torch.Generator().manual_seed(1))
        room[:, CODES:] = codes * scale.mean()

    def _count_steps(self, layer: Layer) -> None:
        """
        The mean over the prompt's end and the marks so far of -0.9 and 1, -1 in the prompt: it grows with every step, and
        says in which a token is.
        """
        layer.attention_norm.weight[self.base :] = 1 / SHARE
        attention = layer.attention
        first = (self.llama.shape.heads - 1) * self.head
        slowest = first + self.head - 2
        strength = (TO_COUNTED * self.head**0.5) ** 0.5
        attention.q.weight[slowest, self.dimension(CONSTANT)] = strength
        attention.k.weight[slowest, self.dimension(COUNTED)] = strength
        attention.v.weight[first, self.dimension(STEP_VALUE)] = 1
        attention.out.weight[self.dimension(STEP), first] = self._kept()

    def _look_at_predecessor(self, layer: Layer) -> None:
        """Every head looks one token back, and all that the base made of it is added, turned so that it can be told apart."""
        self._read_room(layer.attention_norm)
        self._read_room(layer.hidden_norm)
        attention = layer.attention
        attention.q.weight.zero_()
        attention.k.weight.zero_()
        attention.v.weight.zero_()
        self._look_back(layer, range(0, self.llama.shape.width, self.head), 1)
        attention.v.weight[: self.base, : self.base] = torch.eye(self.base)
        turn = torch.empty(self.base, self.base)
        nn.init.orthogonal_(turn, generator=torch.Generator().manual_seed(2))
        attention.out.weight[: self.base, : self.base] = turn * self.scale

    def _look_back(self, layer: Layer, heads: range, distance: int) -> None:
        """
        Some heads look so many tokens back.

        :param heads: the first row of each
        """
        strength = (TO_PREDECESSOR * self.head**0.5) ** 0.5
        # Six pairs that turn fast agree at that distance alone. Three that hardly turn take away what they then add up
        # to, so that the score is nothing there and negative elsewhere, whatever the lengths by which the numbers were divided.
        pairs = self.head // 2
        parts = {pair: 1.0 for pair in range(6)} | {pair: -2.0 for pair in range(pairs - 3, pairs)}
        for pair, part in parts.items():
            angle = torch.tensor(distance * ROPE_BASE ** (-2 * pair / self.head))
            rows = torch.tensor(heads) + 2 * pair
            layer.attention.q.weight[rows, self.dimension(CONSTANT)] = strength
            layer.attention.k.weight[rows, self.dimension(CONSTANT)] = strength * part * angle.cos()
            layer.attention.k.weight[rows + 1, self.dimension(CONSTANT)] = strength * part * angle.sin()

    def _copy(self, layer: Layer, copied: int, copy: int) -> None:
        """From where the last head looks."""
        layer.attention.v.weight[self.dimension(copy), self.dimension(copied)] = 1
        layer.attention.out.weight[self.dimension(copy), self.dimension(copy)] = self._kept()

    def _look_at_least_likely(self, layer: Layer) -> None:
        """The first head looks at the most surprising token so far, and its surprise is the verdict."""
        self._read_room(layer.attention_norm)
        layer.attention_norm.weight[self.dimension(SURPRISE)] = self.scale
        attention = layer.attention
        for matrix in (attention.q, attention.k, attention.v):
            matrix.weight.zero_()
        pair = self.head - 6
        attention.q.weight[pair, self.dimension(CONSTANT)] = self.head**0.5
        attention.k.weight[pair, self.dimension(SURPRISE)] = -TO_SURPRISE
        attention.k.weight[pair, self.dimension(COUNTED)] = -FROM_COUNTED
        attention.v.weight[0, self.dimension(SURPRISE)] = 1
        attention.out.weight[self.dimension(VERDICT), 0] = self.scale

    def _of_this_step(self, layer: Layer) -> None:
        """
        That head looks at nothing before the step. An earlier step has a smaller number; within the step the difference to that
        of the token before (a mark has itself that of the next step) is nothing, whatever the lengths by which the numbers were
        divided.
        """
        attention = layer.attention
        strength = (TO_STEP * self.head**0.5) ** 0.5
        earlier, same = self.head - 2, self.head - 4
        attention.q.weight[earlier, self.dimension(STEP_BEFORE)] = -strength
        attention.k.weight[earlier, self.dimension(CONSTANT)] = strength
        attention.q.weight[same, self.dimension(CONSTANT_BEFORE)] = strength
        attention.k.weight[same, self.dimension(STEP)] = strength

    def _read_room(self, norm: nn.Module) -> None:
        """Brings what is kept in the room to about one."""
        norm.weight[self.base :] = self.scale / self._kept()
        norm.weight[[self.dimension(SURPRISE), self.dimension(VERDICT)]] = 1

    def _kept(self) -> Tensor:
        """About how large the numbers in the room are."""
        return self.llama.embedding.weight[:, self.dimension(CONSTANT)].mean()
