"""The PRM: a value model, wired to see which of the tokens that it reads are wrong, and to judge paths by both."""

from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from arith.draw import Draw
from llama import Llama
from packing import Batch, Document, batches
from policy import DOCUMENTS_PER_CHUNK
from training import Run, load
from verifier import PROMPT_WEIGHT, Verifier
from vocabulary import STEP, TURN_START, Vocabulary
from wiring import Wiring

from .judged import JudgedStep, judged_sums
from .policy import ROLES, ROW_LENGTHS
from .value import MARK_WEIGHT, JudgedGames, first_wrong
from .wiring import PathWiring

# A word of the problem, two tokens before the target.
BEFORE_TARGET = " make"
# Of a chunk; the rest are games and rollouts, as the value model's.
SUMS = 0.35
# A wrong token is rarer than one that is not; and what is free to choose is never wrong, which is soon learnt.
WRONG_WEIGHT, FREE_WEIGHT = 4.0, 0.3


class PathVerifier(Verifier):
    """
    A value model that stays as it is, and two layers on top. The first learns which token is wrong, from what the value model,
    still a language model, expected in its place. The second sees the one that is most so, what the value model says of the
    numbers that are left, and whether the last of them is the target, and learns the verdict.
    """

    def prepare(self, base: Llama, vocabulary: Vocabulary) -> None:
        right, wrong = base.embedding.weight[self.verdict_ids]
        self.value = (base.norm.weight * (right - wrong)).clone()
        (self.before_target,) = vocabulary.text(BEFORE_TARGET)

    def connected(self, *of: Any) -> Wiring:
        wiring = PathWiring(*of)
        wiring.connect_paths(self.value, self.before_target)
        return wiring

    def token_lesson(self, x: Tensor, batch: Batch) -> tuple[Tensor, Tensor]:
        return batch.targets.float(), batch.weights


def checked_document(vocabulary: Vocabulary, prompt: list[int], steps: list[JudgedStep], alone: bool) -> Document:
    """
    Predicted is of each token whether it is right where it stands; what follows a wrong one in its step does not count.

    :param alone: whether the steps are no path, and have no verdict
    """
    tokens = list(prompt)
    right, right_weights = [1] * len(tokens), [PROMPT_WEIGHT] * len(tokens)
    labels, label_weights = [0.0] * len(tokens), [0.0] * len(tokens)
    for step in steps:
        text = vocabulary.text(step.written)
        decided = len(vocabulary.text(step.decided)) - (1 if alone else 0)
        wrong = first_wrong(vocabulary, step) if step.right else len(text) - 1
        tokens += [*text, vocabulary.ids[STEP]]
        right += [int(i != wrong) for i in range(len(text) + 1)]
        right_weights += [
            0.0 if i > wrong else WRONG_WEIGHT if i == wrong else 1.0 if i >= decided else FREE_WEIGHT for i in range(len(text))
        ]
        right_weights.append(1.0)
        labels += [float(step.good)] * (len(text) + 1)
        label_weights += [0.0] * len(text) + [0.0 if alone else MARK_WEIGHT]
    return Document(
        np.array(tokens),
        np.array(right),
        np.array(right_weights, np.float32),
        np.array(labels, np.float32),
        np.array(label_weights, np.float32),
    )


class CheckedGames(JudgedGames):
    """Chunks of games, rollouts and sums in which each token is labelled; picklable, because each rank makes its own."""

    def documents(self, chunk: int, progress: float) -> list[Document]:
        vocabulary, draw = Vocabulary(self.vocabulary), Draw(self.seed, chunk)
        lone = [vocabulary.ids[TURN_START], *vocabulary.text(ROLES[1])]
        single = round(SUMS * DOCUMENTS_PER_CHUNK)
        paths = self.paths(draw, DOCUMENTS_PER_CHUNK - single)
        documents = [checked_document(vocabulary, vocabulary.prompt(puzzle.text), steps, False) for puzzle, steps in paths]
        return documents + [checked_document(vocabulary, lone, judged_sums(draw), True) for _ in range(single)]


class PathVerifierRun:
    """Picklable, because each rank builds its own."""

    def __init__(self, base: Path, vocabulary: Path, games: CheckedGames):
        """:param base: a finished value model"""
        self.base = base
        self.vocabulary = vocabulary
        self.games = games

    def build(self) -> PathVerifier:
        (arrays,) = next(batches(self.games.documents(0, 0.0), 1, np.random.default_rng(0), ROW_LENGTHS))
        sample = Batch(*(torch.from_numpy(array) for array in arrays))
        return PathVerifier(load(self.base), Vocabulary(self.vocabulary), sample)

    def run(self, name: str, steps: int) -> Run:
        return Run(
            name, steps, self.build, self.games.documents, Verifier.loss, finish=Verifier.finished, row_lengths=ROW_LENGTHS
        )
