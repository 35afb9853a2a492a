"""The PRM: a language model grown by a few layers that says after every token whether the solution is right so far."""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch.nn.functional as F
from torch import Tensor

from arith.corruption import corrupted
from arith.draw import Draw
from arith.problems import STEP_DELIMITER, Problem, Split, closing, draw_problem
from llama import Llama, grown
from packing import ROW_LENGTHS, Batch, Document
from policy import EVENLY, LEVELS
from training import Run, load
from vocabulary import RIGHT, STEP, WRONG, Vocabulary

DOCUMENTS_PER_CHUNK = 4096
# Of a chunk: solutions sampled from the small policy; references with a mistake; the rest are references.
SAMPLED, CORRUPTED = 0.6, 0.25
MARK_WEIGHT = 4.0
# After the first wrong step the verdict is no longer news.
AFTERMATH_WEIGHT = 0.2
LANGUAGE_WEIGHT = 0.5


@dataclass(frozen=True)
class Judged:
    """A solution with what is known of its steps: right up to ``first_error``, or altogether if that is -1."""

    problem: str
    steps: list[str]
    reference: list[str]
    first_error: int


def read_rollouts(problems: Path, rollouts: Path) -> list[Judged]:
    """What ``espalier rollouts`` has written, without the solutions that a limit cut."""
    references = {}
    for line in problems.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        references[row["id"]] = [*row["steps"], closing(row["answer"])]
    judged = []
    for line in rollouts.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        if row["finished"]:
            judged.append(Judged(row["problem"], row["steps"], references[row["id"]], row["firstError"]))
    return judged


def judge(problem: Problem, steps: list[str]) -> Judged:
    """A corrupted solution: its first error is where it leaves the reference."""
    reference = problem.solution.split(STEP_DELIMITER)
    wrong = [i for i, (step, right) in enumerate(zip(steps, reference)) if step != right]
    return Judged(problem.text, steps, reference, wrong[0] if wrong else -1)


def document(vocabulary: Vocabulary, judged: Judged) -> Document:
    """
    The PRM's reading of a solution: a mark after each step. Every token of the solution is labelled: wrong from the one
    on at which it leaves the reference. The language model goes on learning from what is right.
    """
    mark = vocabulary.ids[STEP]
    delimiter = vocabulary.text(STEP_DELIMITER)
    tokens = vocabulary.prompt(judged.problem)
    labels, weights, right = [0] * len(tokens), [0.0] * len(tokens), [0] * len(tokens)
    right[-1] = 1
    for index, step in enumerate(judged.steps):
        written = vocabulary.text(step)
        if judged.first_error < 0 or index < judged.first_error:
            good = len(written)
        elif index == judged.first_error:
            expected = vocabulary.text(judged.reference[index]) if index < len(judged.reference) else []
            good = next((i for i, (a, b) in enumerate(zip(written, expected)) if a != b), min(len(written), len(expected)))
        else:
            good = -1
        piece = [*(delimiter if index else []), *written, mark]
        inside = len(piece) - 1
        before = inside - len(written)
        wrong = 0 <= judged.first_error <= index
        later = 0 <= judged.first_error < index
        scale = AFTERMATH_WEIGHT if later else 1.0
        tokens += piece
        labels += [int(not later)] * before + [int(i < good) for i in range(len(written))] + [int(not wrong)]
        weights += [scale] * inside + [MARK_WEIGHT * scale]
        right += [int(not later)] * before + [int(i < good) for i in range(len(written))] + [int(not wrong)]
    targets = np.array([*tokens[1:], mark])
    # A token is learnt from where all before it is right and it is right itself.
    learnt = np.array([a and b for a, b in zip(right, [*right[1:], 0])], np.float32)
    return Document(np.array(tokens), targets, learnt, np.array(labels, np.float32), np.array(weights, np.float32))


def verdict_logits(model: Llama, states: Tensor, right: int, wrong: int) -> Tensor:
    """The log-odds that all is right so far, at every token."""
    return states.float() @ (model.embedding.weight[right] - model.embedding.weight[wrong]).float()


class VerdictRun:
    """Picklable, because each rank builds its own."""

    def __init__(self, base: Path, more_layers: int, seed: int, vocabulary: Path, problems: Path, rollouts: Path):
        self.base = base
        self.more_layers = more_layers
        self.seed = seed
        self.vocabulary = vocabulary
        self.problems = problems
        self.rollouts = rollouts
        self._sampled: list[Judged] = []
        ids = Vocabulary(vocabulary).ids
        self.right, self.wrong = ids[RIGHT], ids[WRONG]

    def build(self) -> Llama:
        return grown(load(self.base), self.more_layers)

    def documents(self, chunk: int, progress: float) -> list[Document]:
        if not self._sampled:
            self._sampled = read_rollouts(self.problems, self.rollouts)
        vocabulary = Vocabulary(self.vocabulary)
        draw = Draw(self.seed, chunk)
        documents = []
        while len(documents) < DOCUMENTS_PER_CHUNK:
            if draw.chance(SAMPLED):
                judged = draw.choice(self._sampled)
            else:
                level = draw.weighted(LEVELS, EVENLY)
                problem = draw_problem(draw, Split.TRAIN, level, draw.choice(("expression", "story")))
                bad = draw.chance(CORRUPTED / (1 - SAMPLED))
                judged = judge(problem, corrupted(draw, problem) if bad else problem.solution.split(STEP_DELIMITER))
            made = document(vocabulary, judged)
            if len(made.tokens) <= ROW_LENGTHS[-1]:
                documents.append(made)
        return documents

    def loss(self, model: Llama, batch: Batch) -> Tensor:
        states = model.states(batch.tokens, batch.documents)
        odds = verdict_logits(model, states, self.right, self.wrong)
        verdicts = F.binary_cross_entropy_with_logits(odds, batch.labels, weight=batch.label_weights, reduction="sum")
        logits = F.linear(states, model.embedding.weight).float()
        losses = F.cross_entropy(logits.flatten(0, 1), batch.targets.flatten(), reduction="none")
        language = (losses * batch.weights.flatten()).sum() / batch.weights.sum().clamp(min=1)
        return verdicts / batch.label_weights.sum().clamp(min=1) + LANGUAGE_WEIGHT * language

    def run(self, name: str, steps: int) -> Run:
        return Run(name, steps, self.build, self.documents, self.loss, rate=0.5)
