"""Writes the bundled test sets: ``python -m arith.testsets [--check] FOLDER``."""

import argparse
import json
import sys
from pathlib import Path

from .chain import STEPS_OF_LEVEL
from .draw import Draw
from .problems import Problem, Split, draw_problem

KINDS = ("expression", "story")
PER_LEVEL_AND_KIND = 50
BUNDLED = ("arith", "arith-shift")
SEEDS = {"arith": 20261122, "arith-shift": 20261123, "arith-dev": 20261124}


def test_set(name: str) -> list[Problem]:
    """The problems of a set, levels and kinds in turn: the first hundred have as many of each as all have."""
    split = Split.DEV if name == "arith-dev" else Split.TEST
    groups = []
    for level in STEPS_OF_LEVEL:
        for kind_index, kind in enumerate(KINDS):
            problems: dict[str, Problem] = {}
            draw = Draw(SEEDS[name], level, kind_index)
            while len(problems) < PER_LEVEL_AND_KIND:
                problem = draw_problem(draw, split, level, kind, shifted=name == "arith-shift")
                problems[problem.text] = problem
            groups.append(problems.values())
    return [problem for turn in zip(*groups) for problem in turn]


def lines(name: str) -> str:
    rows = [problem.row(f"{name}-{number:03}") for number, problem in enumerate(test_set(name), 1)]
    return "".join(json.dumps(row) + "\n" for row in rows)


def bundle(folder: Path) -> None:
    for name in BUNDLED:
        (folder / f"{name}.jsonl").write_text(lines(name), encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--check", action="store_true", help="compare with the files that are there; write nothing")
    arguments = parser.parse_args()
    if not arguments.check:
        bundle(arguments.folder)
        return
    for name in BUNDLED:
        path = arguments.folder / f"{name}.jsonl"
        if path.read_text(encoding="utf-8") != lines(name):
            sys.exit(f"{path} is not what the generator makes")


if __name__ == "__main__":
    main()
