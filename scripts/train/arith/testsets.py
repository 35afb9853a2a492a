"""
Writes the bundled test sets: ``python -m arith.testsets [--check] FOLDER``; or the stories of ``arith`` about people and
things that no training text has: ``python -m arith.testsets --renamed FOLDER``.
"""

import argparse
import json
import re
import sys
from dataclasses import replace
from pathlib import Path

from .chain import STEPS_OF_LEVEL
from .draw import Draw
from .lexicon import HELD_OUT_NAMES, HELD_OUT_THINGS
from .problems import Problem, Split, draw_problem
from .words import NAMES, THINGS

KINDS = ("expression", "story")
PER_LEVEL_AND_KIND = 50
BUNDLED = ("arith", "arith-shift")
SEEDS = {"arith": 20261122, "arith-shift": 20261123, "arith-dev": 20261124}
RENAMING_SEED = 20261129


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


def stories() -> list[Problem]:
    """The stories of ``arith``."""
    return [problem for problem in test_set("arith") if problem.kind == "story"]


def renamed(problem: Problem, draw: Draw) -> Problem:
    """The same story about held-out people of the same pronouns, and held-out things."""
    pronouns = dict(NAMES)
    words = dict.fromkeys(re.findall(r"\w+", problem.text))
    new = {}
    for word in words:
        if word in pronouns:
            fresh = [name for name, pronoun in HELD_OUT_NAMES if pronoun == pronouns[word] and name not in new.values()]
            new[word] = draw.choice(fresh)
        elif word in THINGS:
            new[word] = draw.choice(HELD_OUT_THINGS)
    pattern = re.compile(r"\b(" + "|".join(new) + r")\b")

    def changed(text: str) -> str:
        return pattern.sub(lambda found: new[found[0]], text)

    return replace(problem, text=changed(problem.text), clauses=[changed(clause) for clause in problem.clauses])


def lines(name: str, problems: list[Problem]) -> str:
    rows = [problem.row(f"{name}-{number:03}") for number, problem in enumerate(problems, 1)]
    return "".join(json.dumps(row) + "\n" for row in rows)


def bundle(folder: Path) -> None:
    for name in BUNDLED:
        (folder / f"{name}.jsonl").write_text(lines(name, test_set(name)), encoding="utf-8")


def bundle_renamed(folder: Path) -> None:
    """``arith-known.jsonl`` and ``arith-renamed.jsonl``: the same stories, with and without names that were trained on."""
    known = stories()
    draw = Draw(RENAMING_SEED)
    (folder / "arith-known.jsonl").write_text(lines("arith-known", known), encoding="utf-8")
    fresh = [renamed(problem, draw) for problem in known]
    (folder / "arith-renamed.jsonl").write_text(lines("arith-renamed", fresh), encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--check", action="store_true", help="compare with the files that are there; write nothing")
    parser.add_argument("--renamed", action="store_true", help="write the stories of arith, and the same with held-out names")
    arguments = parser.parse_args()
    if arguments.renamed:
        bundle_renamed(arguments.folder)
        return
    if not arguments.check:
        bundle(arguments.folder)
        return
    for name in BUNDLED:
        path = arguments.folder / f"{name}.jsonl"
        if path.read_text(encoding="utf-8") != lines(name, test_set(name)):
            sys.exit(f"{path} is not what the generator makes")


if __name__ == "__main__":
    main()
