"""The PRM's texts: solutions in which every token is labelled with whether all is right so far."""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from arith.corruption import corrupted
from arith.draw import Draw
from arith.problems import STEP_DELIMITER, Problem, closing, draw_training_problem
from packing import ROW_LENGTHS, Document
from policy import EVENLY, LEVELS, VARIED
from vocabulary import STEP, Vocabulary

DOCUMENTS_PER_CHUNK = 4096
# Of a chunk: solutions sampled from the small policy; references with a mistake; the rest are references.
SAMPLED, CORRUPTED = 0.5, 0.3
MARK_WEIGHT = 4.0
# There are about so many right steps to one that is wrong.
WRONG_WEIGHT = 4.0


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
    The PRM's reading of a solution up to its first wrong step: a mark after each step. Every token of the solution is
    labelled: wrong from the one on at which it leaves the reference.
    """
    tokens = vocabulary.prompt(judged.problem)
    labels, weights = [0] * len(tokens), [0.0] * len(tokens)
    for index, step in enumerate(judged.steps):
        written = vocabulary.text(step)
        good = len(written) + 1
        if index == judged.first_error:
            expected = vocabulary.text(judged.reference[index]) if index < len(judged.reference) else []
            good = next((i for i, (a, b) in enumerate(zip(written, expected)) if a != b), min(len(written), len(expected)))
        tokens += [*written, vocabulary.ids[STEP]]
        labels += [int(i < good) for i in range(len(written) + 1)]
        weights += [1.0] * len(written) + [MARK_WEIGHT]
        if index == judged.first_error:
            break
    nothing = np.zeros(len(tokens), np.float32)
    counted = np.array(weights, np.float32) * np.where(labels, 1, WRONG_WEIGHT).astype(np.float32)
    return Document(np.array(tokens), nothing, nothing, np.array(labels, np.float32), counted)


class JudgedSolutions:
    """Chunks of labelled solutions; picklable, because each rank makes its own."""

    def __init__(self, seed: int, vocabulary: Path, problems: Path, rollouts: Path):
        self.seed = seed
        self.vocabulary = vocabulary
        self.problems = problems
        self.rollouts = rollouts
        self._sampled: list[Judged] = []

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
                problem = draw_training_problem(draw, level, VARIED)
                bad = draw.chance(CORRUPTED / (1 - SAMPLED))
                judged = judge(problem, corrupted(draw, problem) if bad else problem.solution.split(STEP_DELIMITER))
            made = document(vocabulary, judged)
            if len(made.tokens) <= ROW_LENGTHS[-1]:
                documents.append(made)
        return documents
