"""Attention set by hand, for what a judge of countdown has to look at: a wrong token, the numbers that are left, the target."""

import torch
from torch import Tensor

from llama import Layer
from wiring import CODES, CONSTANT, CONSTANT_BEFORE, STEP, STEP_VALUE, Wiring

# What the dimensions hold that otherwise tell steps apart.
MARKS_TARGET, MARKS_TARGET_BEFORE, VALUE = STEP_VALUE, CONSTANT_BEFORE, STEP
# The second half of the codes' room holds what the code of the last number and that of the target differ by.
CODE_SIZE = 12
DIFFERENCE = CODES + CODE_SIZE
# From the last number to the mark, and from the word that marks the target to the target.
DISTANCE = 2
TO_TARGET = 60.0
# By which the stream is longer behind the first new layer, which adds as much as was there.
LONGER = 2**0.5


class PathWiring(Wiring):
    @torch.no_grad()
    def connect_paths(self, value: Tensor, before_target: int) -> None:
        """
        For a verdict on the path so far, from what is least likely in it, from what the base says of where it leads, and from
        whether the last number is the target.

        :param value: in which direction of the base's last norm that is: a logit
        :param before_target: the token two places before the target
        """
        before, after = self.llama.layers[-2:]
        self._embed()
        room = self.llama.embedding.weight[:, self.base :]
        room[:, [MARKS_TARGET, VALUE, *range(DIFFERENCE, room.shape[1])]] = 0
        room[before_target, MARKS_TARGET] = self._kept()
        self._look_at_predecessor(before)
        self._look_back(before, range(self.base, self.llama.shape.width, self.head), DISTANCE)
        self._copy(before, MARKS_TARGET, MARKS_TARGET_BEFORE)
        for code in range(CODE_SIZE):
            self._copy(before, CODES + code, DIFFERENCE + code)
        before.attention.v.weight[self.dimension(VALUE), : self.base] = value
        before.attention.out.weight[self.dimension(VALUE), self.dimension(VALUE)] = self._kept()
        self._look_at_least_likely(after)
        self._subtract_target(after)
        self._read_room(after.hidden_norm)

    def _subtract_target(self, layer: Layer) -> None:
        """The second head looks at the target, and takes its code away."""
        attention, first = layer.attention, self.head
        slowest = first + self.head - 2
        strength = (TO_TARGET * self.head**0.5) ** 0.5
        attention.q.weight[slowest, self.dimension(CONSTANT)] = strength
        attention.k.weight[slowest, self.dimension(MARKS_TARGET_BEFORE)] = strength
        for code in range(CODE_SIZE):
            attention.v.weight[first + code, self.dimension(CODES + code)] = -1
            attention.out.weight[self.dimension(DIFFERENCE + code), first + code] = self._kept() * LONGER
