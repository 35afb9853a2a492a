"""Problems with their reference solutions, and the split into training and test."""

import hashlib
from dataclasses import dataclass
from enum import Enum

from .chain import Operation, draw_chain
from .draw import Draw
from .expressions import draw_expression, draw_varied_expression
from .stories import draw_story
from .varied import draw_varied_story

STEP_DELIMITER = "\n\n"


class Split(Enum):
    """Where a text may be used: decided by the hash of the problem alone, so that no text is in two of them."""

    TRAIN = range(8, 256)
    DEV = range(0, 4)
    TEST = range(4, 8)

    def holds(self, problem: str) -> bool:
        return hashlib.sha256(problem.encode()).digest()[0] in self.value


@dataclass(frozen=True)
class Problem:
    text: str
    level: int
    kind: str
    clauses: list[str]
    chain: list[Operation]

    @property
    def answer(self) -> str:
        return str(self.chain[-1].after)

    @property
    def steps(self) -> list[str]:
        """The reference solution's steps, without the closing sentence."""
        return [
            f"## Step {k}: {clause}: {operation.equation}"
            for k, (clause, operation) in enumerate(zip(self.clauses, self.chain), 1)
        ]

    @property
    def solution(self) -> str:
        return STEP_DELIMITER.join([*self.steps, closing(self.answer)])

    def row(self, name: str) -> dict:
        """As a line of a data set."""
        return {
            "id": name,
            "problem": self.text,
            "answer": self.answer,
            "level": self.level,
            "kind": self.kind,
            "steps": self.steps,
        }


def closing(answer: str) -> str:
    return f"Therefore, the final answer is: $\\boxed{{{answer}}}$. I hope it is correct."


def draw_problem(draw: Draw, split: Split, level: int, kind: str, shifted: bool = False) -> Problem:
    """
    A problem of a level (1..5) and a kind (``expression`` or ``story``).

    :param shifted: of phrasings, templates, names and things that no training text has
    """
    while True:
        chain = draw_chain(draw, level)
        text, clauses = (draw_story if kind == "story" else draw_expression)(draw, chain, shifted)
        if split.holds(text):
            return Problem(text, level, kind, clauses, chain)


def draw_varied_problem(draw: Draw, level: int, kind: str) -> Problem:
    """A problem for training in one of very many wordings, about names and things that are mostly invented."""
    while True:
        chain = draw_chain(draw, level)
        text, clauses = (draw_varied_story if kind == "story" else draw_varied_expression)(draw, chain)
        if Split.TRAIN.holds(text):
            return Problem(text, level, kind, clauses, chain)


def draw_training_problem(draw: Draw, level: int, varied: float) -> Problem:
    """
    Of either kind, in the wordings of the test set or in varied ones.

    :param varied: how often in varied ones
    """
    kind = draw.choice(("expression", "story"))
    # Without varied ones nothing is drawn for the choice, so that the texts of an earlier training stay what they were.
    if varied > 0 and draw.chance(varied):
        return draw_varied_problem(draw, level, kind)
    return draw_problem(draw, Split.TRAIN, level, kind)
