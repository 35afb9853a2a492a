"""Countdown puzzles, their solutions step by step, and whether numbers can still be combined to the target."""

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from arith.draw import Draw

STEP_DELIMITER = "\n"
LEAST_TARGET, MOST_TARGET = 10, 100
MOST_VALUE, MOST_BETWEEN = 25, 999
COUNTS = (2, 3, 4)
SYMBOLS = "+-*/"
Pool = tuple[int, ...]


@dataclass(frozen=True)
class Step:
    """``one symbol other = result``, and all numbers that are left after it, the result last."""

    one: int
    symbol: str
    other: int
    result: int
    left: Pool

    def __str__(self) -> str:
        left = ", ".join(map(str, self.left))
        return f"{self.one} {self.symbol} {self.other} = {self.result} (left: {left})"


@dataclass(frozen=True)
class Puzzle:
    numbers: Pool
    target: int
    steps: tuple[Step, ...]

    @property
    def text(self) -> str:
        """In the words of ``org.espalier.puzzle.Countdown``."""
        first = ", ".join(map(str, self.numbers[:-1]))
        return (
            f"Use each of the numbers {first} and {self.numbers[-1]} exactly once, with +, -, * and /, "
            f"to make {self.target}."
        )

    @property
    def solution(self) -> str:
        return STEP_DELIMITER.join(map(str, self.steps))


def combined(pool: Pool, i: int, j: int, symbol: str) -> Step | None:
    """The step that combines the i-th and the j-th number, i < j, the larger one first; None for a quotient that is not whole."""
    large, small = max(pool[i], pool[j]), min(pool[i], pool[j])
    if symbol == "/" and (small == 0 or large % small != 0):
        return None
    result = {"+": large + small, "-": large - small, "*": large * small, "/": large // max(small, 1)}[symbol]
    return Step(large, symbol, small, result, (*pool[:i], *pool[i + 1 : j], *pool[j + 1 :], result))


def moves(pool: Pool) -> list[Step]:
    """All steps without fractions and negative numbers, each once however often its numbers are there."""
    found = {}
    for i in range(len(pool)):
        for j in range(i + 1, len(pool)):
            for symbol in SYMBOLS:
                step = combined(pool, i, j, symbol)
                if step and step.result <= MOST_BETWEEN:
                    found[step.one, symbol, step.other] = step
    return list(found.values())


@lru_cache(maxsize=1 << 20)
def _reaches(pool: Pool, target: int) -> bool:
    if len(pool) == 1:
        return pool[0] == target
    return any(_reaches(tuple(sorted(step.left)), target) for step in moves(pool))


def reaches(pool: Pool, target: int) -> bool:
    """Whether steps without fractions lead from these numbers to the target."""
    return _reaches(tuple(sorted(pool)), target)


def draw_puzzle(draw: Draw, count: int) -> Puzzle:
    """Numbers, and a target that random steps make of them: those steps are its solution."""
    while True:
        numbers = tuple(draw.between(1, MOST_VALUE) for _ in range(count))
        pool, steps = numbers, []
        while len(pool) > 1:
            i, j = sorted(draw.sample(range(len(pool)), 2))
            step = combined(pool, i, j, draw.choice(SYMBOLS)) or combined(pool, i, j, "+")
            if step.result > MOST_BETWEEN:
                break
            pool = step.left
            steps.append(step)
        if len(pool) == 1 and LEAST_TARGET <= pool[0] <= MOST_TARGET:
            return Puzzle(numbers, pool[0], tuple(steps))


def read_puzzle(text: str) -> Puzzle:
    """A puzzle without a solution, from its words."""
    *numbers, target = (int(word.strip(",.")) for word in text.split() if word.strip(",.").isdigit())
    return Puzzle(tuple(numbers), target, ())


class TestPuzzles:
    """The bundled test set, whatever the order of the numbers: none of it may be learnt."""

    def __init__(self, path: Path):
        lines = path.read_text(encoding="utf-8").splitlines()
        self.puzzles = [read_puzzle(json.loads(line)["problem"]) for line in lines]
        self._keys = {self._key(puzzle) for puzzle in self.puzzles}

    @staticmethod
    def _key(puzzle: Puzzle) -> Pool:
        return (*sorted(puzzle.numbers), puzzle.target)

    def __contains__(self, puzzle: Puzzle) -> bool:
        return self._key(puzzle) in self._keys
