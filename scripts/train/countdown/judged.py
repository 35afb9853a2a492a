"""What the PRM learns from: steps of which it is known whether they are right, and whether they lead to the target."""

import json
import re
from dataclasses import dataclass, replace
from pathlib import Path

from arith.draw import Draw

from .puzzles import MOST_BETWEEN, MOST_VALUE, Pool, Puzzle, Step, combined, moves, reaches, read_puzzle

# How often a step of a game leads to the target; how often another one is that which comes closest to it: so a policy fails.
GOOD, CLOSE = 0.4, 0.4
# How often a step is none: with a wrong result, which at the end is mostly the target, or with wrong numbers left.
SLIP, WRONG_RESULT, FALSE_END = 0.25, 0.5, 0.7
# How often a game goes on after a step from which nothing leads to the target.
GO_ON = 0.3
NEAR = (-10, -2, -1, 1, 2, 10)
SUMS = 10
WRITTEN = re.compile(r"(\d+) ([-+*/]) (\d+) = (\d+) \(left: ([\d, ]+)\)")


@dataclass(frozen=True)
class JudgedStep:
    """
    A step as it was written.

    :param right: how it would be right; nothing if it cannot be
    :param decided: the beginning of the right step that says which numbers are left
    :param open: whether those lead to the target
    :param open_as_written: whether the numbers lead to it that the step says are left
    :param ends: whether one number is left, so that nothing is open
    :param leads: whether the right step leads to the target, from a place that leads there
    """

    written: str
    right: str
    decided: str
    open: bool
    open_as_written: bool
    ends: bool
    leads: bool

    @property
    def good(self) -> bool:
        return self.leads and self.written == self.right


JudgedPath = tuple[Puzzle, list[JudgedStep]]


def _judged(written: str, left: Pool, right: Step, alive: bool, target: int) -> JudgedStep:
    """:param left: the numbers that are said to be left"""
    opened = reaches(right.left, target)
    decided = f"{right.one} {right.symbol} {right.other}"
    ends = len(left) == 1
    return JudgedStep(written, str(right), decided, opened, reaches(left, target), ends, alive and opened)


def _near(draw: Draw, number: int) -> int:
    other = max(0, number + draw.choice(NEAR))
    return other if other != number else number + 1


def _slipped(draw: Draw, step: Step, target: int) -> Step:
    if draw.chance(WRONG_RESULT) or len(step.left) == 1:
        false_end = len(step.left) == 1 and step.result != target and draw.chance(FALSE_END)
        result = target if false_end else _near(draw, step.result)
        return replace(step, result=result, left=(*step.left[:-1], result))
    left = list(step.left)
    left[draw.between(0, len(left) - 2)] = draw.choice([step.one, step.other, step.result])
    return replace(step, left=tuple(left))


def played(draw: Draw, puzzle: Puzzle) -> list[JudgedStep]:
    """A game whose steps are partly good, partly a bad choice and partly wrong."""
    pool, game, alive = puzzle.numbers, [], True
    while len(pool) > 1 and (alive or draw.chance(GO_ON)):
        possible = moves(pool)
        good = [step for step in possible if reaches(step.left, puzzle.target)] if alive else []
        if good and draw.chance(GOOD):
            right = draw.choice(good)
        elif draw.chance(CLOSE):
            right = min(possible, key=lambda step: abs(step.result - puzzle.target))
        else:
            right = draw.choice(possible)
        written = _slipped(draw, right, puzzle.target) if draw.chance(SLIP) else right
        game.append(_judged(str(written), written.left, right, alive, puzzle.target))
        alive = game[-1].good
        pool = written.left
    return game


def judged_sums(draw: Draw) -> list[JudgedStep]:
    """Single sums, half of them with a wrong result."""
    judged = []
    for _ in range(SUMS):
        most = draw.choice((MOST_VALUE, 99, MOST_BETWEEN))
        right = draw.choice(moves((draw.between(1, most), draw.between(1, draw.choice((MOST_VALUE, most))))))
        result = _near(draw, right.result) if draw.chance(0.5) else right.result
        asked = f"{right.one} {right.symbol} {right.other} = "
        expected = f"{asked}{right.result}"
        judged.append(JudgedStep(f"{asked}{result}", expected, expected, True, True, True, True))
    return judged


def judge(puzzle: Puzzle, lines: list[str]) -> list[JudgedStep]:
    """Steps that a policy has written."""
    pool, judged, alive = puzzle.numbers, [], True
    for line in lines:
        right = _right(pool, line)
        left = tuple(sorted(_listed(line)))
        if right is None or len(left) != len(right.left):
            judged.append(JudgedStep(line, "", line, False, False, True, False))
            break
        judged.append(_judged(line, left, right, alive, puzzle.target))
        # The policy goes on with the numbers that it has written.
        pool = left
        alive = judged[-1].good
    return judged


def _listed(line: str) -> list[int]:
    """The numbers that a line says are left."""
    written = WRITTEN.fullmatch(line)
    return [int(number) for number in written[5].split(",") if number.strip()] if written else []


def _right(pool: Pool, line: str) -> Step | None:
    """The step that a line means; None if there is no such step."""
    written = WRITTEN.fullmatch(line)
    if not written:
        return None
    one, other = int(written[1]), int(written[3])
    rest = list(pool)
    if one not in rest:
        return None
    rest.remove(one)
    if other not in rest:
        return None
    rest.remove(other)
    step = combined((one, other), 0, 1, written[2])
    if step is None or (written[2] in "-/" and one < other) or step.result > MOST_BETWEEN:
        return None
    left = (*rest, step.result)
    # Numbers that are left may stand in any order.
    listed = tuple(_listed(line))
    return Step(one, written[2], other, step.result, listed if sorted(listed) == sorted(left) else left)


def read_rollouts(path: Path) -> list[JudgedPath]:
    """What ``espalier rollouts`` has written, judged."""
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    puzzles = [read_puzzle(row["problem"]) for row in rows]
    return [(puzzle, judge(puzzle, row["steps"])) for puzzle, row in zip(puzzles, rows) if row["finished"]]
