"""The PRM: a policy that learns, beside what it knows, whether the target is still within reach after each step."""

from pathlib import Path

import numpy as np
import torch.nn.functional as F
from torch import Tensor

from arith.draw import Draw
from llama import Llama
from packing import Batch, Document
from policy import DOCUMENTS_PER_CHUNK, loss_of_logits
from training import Run, load
from verifier import mean_loss, verdict_logits
from vocabulary import RIGHT, STEP, WRONG, Vocabulary

from .judged import JudgedPath, JudgedStep, played, read_rollouts
from .policy import ROW_LENGTHS, draw_training_puzzle, sums
from .puzzles import STEP_DELIMITER, TestPuzzles

# Of a chunk; without sums of their own the model forgot a quarter of those that the policy knows.
SUMS = 0.25
# Of the others; the rest are games.
ROLLOUTS = 0.4
MARK_WEIGHT = 4.0
# Of a step after which nothing is open: there is little to learn.
END_WEIGHT = 0.25


class JudgedGames:
    """Chunks of labelled games; picklable, because each rank makes its own."""

    def __init__(self, seed: int, vocabulary: Path, tests: Path, rollouts: Path):
        self.seed = seed
        self.vocabulary = vocabulary
        self.tests = tests
        self.rollouts = rollouts
        self._sampled: list[JudgedPath] = []

    def documents(self, chunk: int, progress: float) -> list[Document]:
        vocabulary, draw = Vocabulary(self.vocabulary), Draw(self.seed, chunk)
        single = round(SUMS * DOCUMENTS_PER_CHUNK)
        paths = self.paths(draw, DOCUMENTS_PER_CHUNK - single)
        documents = [document(vocabulary, vocabulary.prompt(puzzle.text), steps) for puzzle, steps in paths]
        return documents + [sums(vocabulary, draw) for _ in range(single)]

    def paths(self, draw: Draw, count: int) -> list[JudgedPath]:
        """Rollouts and games."""
        tests = TestPuzzles(self.tests)
        self._sampled = self._sampled or read_rollouts(self.rollouts)
        return [draw.choice(self._sampled) if draw.chance(ROLLOUTS) else self._game(draw, tests) for _ in range(count)]

    @staticmethod
    def _game(draw: Draw, tests: TestPuzzles) -> JudgedPath:
        puzzle = draw_training_puzzle(draw, tests, 1.0)
        return puzzle, played(draw, puzzle)


def document(vocabulary: Vocabulary, prompt: list[int], steps: list[JudgedStep]) -> Document:
    """
    A mark after each step in place of the delimiter. A step is labelled from the token on that decides which numbers are left,
    and from its first wrong token on as what it says is left. Only steps that are good are a language lesson.
    """
    tokens = list(prompt)
    labels, label_weights, language = [0.0] * len(tokens), [0.0] * len(tokens), [0.0] * len(tokens)
    for step in steps:
        text = vocabulary.text(step.written)
        decided = len(vocabulary.text(step.decided)) - 1
        wrong = first_wrong(vocabulary, step)
        tokens += [*text, vocabulary.ids[STEP]]
        labels += [float(step.open if i < wrong else step.open_as_written) for i in range(len(text) + 1)]
        share = END_WEIGHT if step.ends else 1.0
        label_weights += [share * (i >= decided) for i in range(len(text))] + [share * MARK_WEIGHT]
        language += [float(step.good)] * (len(text) + 1)
    targets = np.array([*tokens[1:], 0])
    weights = np.array([*language[1:], 0.0], np.float32)
    return Document(np.array(tokens), targets, weights, np.array(labels, np.float32), np.array(label_weights, np.float32))


def first_wrong(vocabulary: Vocabulary, step: JudgedStep) -> int:
    """The first of the tokens of a step that is wrong; behind its mark if there is none."""
    text, expected = vocabulary.text(step.written), vocabulary.text(step.right)
    return next((i for i, (a, b) in enumerate(zip(text, expected)) if a != b), len(text) + 1)


class ValueRun:
    """Picklable, because each rank builds its own."""

    def __init__(self, base: Path, vocabulary: Path, games: JudgedGames, goes_on: bool = False):
        """
        :param base: a finished policy
        :param goes_on: whether it is a value model already
        """
        self.base = base
        self.vocabulary = vocabulary
        self.games = games
        self.goes_on = goes_on
        ids = Vocabulary(vocabulary).ids
        self.verdicts = [ids[RIGHT], ids[WRONG]]

    def build(self) -> Llama:
        vocabulary, model = Vocabulary(self.vocabulary), load(self.base)
        if not self.goes_on:
            (delimiter,) = vocabulary.text(STEP_DELIMITER)
            # So that the model reads the text it knows.
            model.embedding.weight.data[vocabulary.ids[STEP]] = model.embedding.weight.data[delimiter]
        return model.train()

    def loss(self, model: Llama, batch: Batch) -> Tensor:
        states = model.states(batch.tokens, batch.documents)
        verdict = mean_loss(verdict_logits(states, model.embedding.weight[self.verdicts]), batch.labels, batch.label_weights)
        return verdict + loss_of_logits(F.linear(states, model.embedding.weight), batch)

    def run(self, name: str, steps: int, pace: float) -> Run:
        return Run(name, steps, self.build, self.games.documents, self.loss, row_lengths=ROW_LENGTHS, pace=pace)
