"""The policies: language models of reference solutions."""

from pathlib import Path

import numpy as np
import torch.nn.functional as F
from torch import Tensor

from arith.draw import Draw
from arith.problems import Problem, draw_training_problem
from llama import Llama, Shape
from packing import Batch, Document
from training import Run, load
from vocabulary import TURN_END, Vocabulary

DOCUMENTS_PER_CHUNK = 8192
Levels = tuple[float, ...]
LEVELS = (1, 2, 3, 4, 5)
EASY_FIRST = (6.0, 3.0, 1.0, 0.4, 0.2)
EVENLY = (1.0, 1.0, 1.0, 1.0, 1.0)
MOSTLY_SHORT = (3.0, 1.8, 1.0, 0.5, 0.2)
# The share of varied wordings in the last part of a policy's training, and in the PRM's.
VARIED = 0.75
# How much of the training has passed when the levels are as frequent as they stay.
SETTLED_FROM = 0.3


def training_problems(
    seed: int, chunk: int, progress: float, count: int, frequencies: Levels = EVENLY, varied: float = 0.0
) -> list[Problem]:
    """
    Training problems, the easy ones first, later as the frequencies of the levels say.

    :param varied: the share of them in varied wordings, about names and things that are mostly invented
    """
    share = min(1.0, progress / SETTLED_FROM)
    weights = [easy * (1 - share) + settled * share for easy, settled in zip(EASY_FIRST, frequencies)]
    draw = Draw(seed, chunk)
    return [draw_training_problem(draw, draw.weighted(LEVELS, weights), varied) for _ in range(count)]


def language_documents(vocabulary: Vocabulary, problems: list[Problem]) -> list[Document]:
    """Prompt, reference solution, end of turn; only what the policy writes is predicted."""
    documents = []
    texts = vocabulary.texts([problem.text for problem in problems])
    solutions = vocabulary.texts([problem.solution for problem in problems])
    for text, solution in zip(texts, solutions):
        prompt = vocabulary.around(text)
        tokens = np.array([*prompt, *solution, vocabulary.ids[TURN_END]])
        weights = np.ones(len(tokens) - 1, np.float32)
        weights[: len(prompt) - 1] = 0
        documents.append(Document(tokens[:-1], tokens[1:], weights))
    return documents


def language_loss(model: Llama, batch: Batch) -> Tensor:
    return loss_of_logits(model(batch.tokens, batch.documents), batch)


def loss_of_logits(logits: Tensor, batch: Batch) -> Tensor:
    losses = F.cross_entropy(logits.float().flatten(0, 1), batch.targets.flatten(), reduction="none")
    return (losses * batch.weights.flatten()).sum() / batch.weights.sum().clamp(min=1)


class PolicyRun:
    """Picklable, because each rank builds its own."""

    def __init__(
        self,
        shape: Shape,
        seed: int,
        vocabulary: Path,
        frequencies: Levels,
        base: Path | None = None,
        varied: float = 0.0,
    ):
        """
        :param base: a finished model of this shape to go on from, without the easy beginning
        :param varied: the share of problems in varied wordings
        """
        self.shape = shape
        self.seed = seed
        self.vocabulary = vocabulary
        self.frequencies = frequencies
        self.base = base
        self.varied = varied

    def build(self) -> Llama:
        if self.base:
            return load(self.base)
        model = Llama(self.shape)
        model.initialise(self.seed)
        return model

    def documents(self, chunk: int, progress: float) -> list[Document]:
        progress = 1.0 if self.base else progress
        problems = training_problems(self.seed, chunk, progress, DOCUMENTS_PER_CHUNK, self.frequencies, self.varied)
        return language_documents(Vocabulary(self.vocabulary), problems)

    def run(self, name: str, steps: int) -> Run:
        return Run(name, steps, self.build, self.documents, language_loss)
