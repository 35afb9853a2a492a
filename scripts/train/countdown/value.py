"""The PRM: a policy that learns, beside what it knows, whether the target is still within reach after each step."""

from dataclasses import replace
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

from .policy import ROW_LENGTHS, draw_training_puzzle
from .puzzles import STEP_DELIMITER, Puzzle, Step, TestPuzzles, moves, reaches

# How often a step is one that leads to the target, whatever the numbers; and how often it is none at all.
GOOD, SLIP = 0.4, 0.12
# How often a solution goes on after a step from which nothing leads to the target.
GO_ON = 0.3
MARK_WEIGHT = 4.0
# Of the language loss, without which the model forgets how numbers combine.
LANGUAGE = 0.3


def _slipped(draw: Draw, step: Step) -> Step:
    """With a wrong result, or with a wrong number among those that are left."""
    if draw.chance(0.75) or len(step.left) == 1:
        result = max(0, step.result + draw.choice((-10, -2, -1, 1, 2, 10)))
        result = result if result != step.result else step.result + 1
        return replace(step, result=result, left=(*step.left[:-1], result))
    left = list(step.left)
    left[draw.between(0, len(left) - 2)] = draw.choice([step.one, step.other, step.result])
    return replace(step, left=tuple(left))


def _judged_steps(draw: Draw, puzzle: Puzzle) -> list[tuple[Step, Step, bool]]:
    """Steps of a game: as written, as it would be right, and whether the right one leads to the target."""
    pool, game, alive = puzzle.numbers, [], True
    while len(pool) > 1 and (alive or draw.chance(GO_ON)):
        possible = moves(pool)
        good = [step for step in possible if reaches(step.left, puzzle.target)] if alive else []
        right = draw.choice(good if good and draw.chance(GOOD) else possible)
        written = _slipped(draw, right) if draw.chance(SLIP) else right
        leads = alive and reaches(right.left, puzzle.target)
        game.append((written, right, leads))
        alive = leads and written == right
        pool = written.left
    return game


def played(draw: Draw, puzzle: Puzzle) -> list[Step]:
    """Steps of a game, good ones and others."""
    return [written for written, _, _ in _judged_steps(draw, puzzle)]


class JudgedGames:
    """Chunks of labelled games; picklable, because each rank makes its own."""

    def __init__(self, seed: int, vocabulary: Path, tests: Path):
        self.seed = seed
        self.vocabulary = vocabulary
        self.tests = tests

    def documents(self, chunk: int, progress: float) -> list[Document]:
        vocabulary, tests, draw = Vocabulary(self.vocabulary), TestPuzzles(self.tests), Draw(self.seed, chunk)
        documents = []
        while len(documents) < DOCUMENTS_PER_CHUNK:
            puzzle = draw_training_puzzle(draw, tests, 1.0)
            documents.append(document(vocabulary, puzzle, _judged_steps(draw, puzzle)))
        return documents


def document(vocabulary: Vocabulary, puzzle: Puzzle, game: list[tuple[Step, Step, bool]]) -> Document:
    """
    A game with a mark after each step in place of the delimiter. A step is labelled from the token on that decides it: its
    second number, or the first token that is wrong. Only steps that lead to the target are a language lesson.
    """
    tokens = vocabulary.prompt(puzzle.text)
    labels, label_weights, language = [0.0] * len(tokens), [0.0] * len(tokens), [0.0] * len(tokens)
    for written, right, leads in game:
        text, expected = vocabulary.text(str(written)), vocabulary.text(str(right))
        decided = len(vocabulary.text(f"{right.one} {right.symbol} {right.other}")) - 1
        wrong = next((i for i, (a, b) in enumerate(zip(text, expected)) if a != b), len(text) + 1)
        tokens += [*text, vocabulary.ids[STEP]]
        labels += [float(leads and i < wrong) for i in range(len(text) + 1)]
        label_weights += [float(i >= decided) for i in range(len(text))] + [MARK_WEIGHT]
        language += [float(leads and written == right)] * (len(text) + 1)
    targets = np.array([*tokens[1:], 0])
    weights = np.array([*language[1:], 0.0], np.float32)
    return Document(np.array(tokens), targets, weights, np.array(labels, np.float32), np.array(label_weights, np.float32))


class ValueRun:
    """Picklable, because each rank builds its own."""

    def __init__(self, base: Path, vocabulary: Path, games: JudgedGames):
        """:param base: a finished policy"""
        self.base = base
        self.vocabulary = vocabulary
        self.games = games
        ids = Vocabulary(vocabulary).ids
        self.verdicts = [ids[RIGHT], ids[WRONG]]

    def build(self) -> Llama:
        vocabulary, model = Vocabulary(self.vocabulary), load(self.base)
        (delimiter,) = vocabulary.text(STEP_DELIMITER)
        # So that the model reads the text it knows.
        model.embedding.weight.data[vocabulary.ids[STEP]] = model.embedding.weight.data[delimiter]
        return model.train()

    def loss(self, model: Llama, batch: Batch) -> Tensor:
        states = model.states(batch.tokens, batch.documents)
        verdict = mean_loss(verdict_logits(states, model.embedding.weight[self.verdicts]), batch.labels, batch.label_weights)
        return verdict + LANGUAGE * loss_of_logits(F.linear(states, model.embedding.weight), batch)

    def run(self, name: str, steps: int, pace: float) -> Run:
        return Run(name, steps, self.build, self.games.documents, self.loss, row_lengths=ROW_LENGTHS, pace=pace)
