"""The stages of the countdown pair, each of which is skipped if its result is there."""

import json
from pathlib import Path

from arith.draw import Draw
from bundled import DATA, POLICY, REFERENCES, bundle_model, once, sample
from llama import Shape
from reference import write_reference
from training import load, train
from vocabulary import THREE_DIGITS, Vocabulary

from .checked import CheckedGames, PathVerifierRun
from .judged import played
from .policy import PolicyRun, draw_training_puzzle, train_tokenizer
from .puzzles import Puzzle, TestPuzzles
from .value import JudgedGames, ValueRun

SMALL_STEPS, VALUE_STEPS, VALUE_LAST_STEPS, PRM_STEPS = 1200, 1300, 600, 350
SMALL_SEED, VALUE_SEED, REFERENCE_SEED, ROLLOUT_SEED, PRM_SEED, VALUE_LAST_SEED = 31, 32, 34, 35, 36, 38
# A model that is to keep what it knows learns more slowly.
SLOWER, SLOW = 0.6, 0.3
ROLLOUT_PUZZLES, ROLLOUT_SAMPLES = 8000, 8


class CountdownPipeline:
    def __init__(self, work: Path):
        self.work = work
        self.vocabulary = work / "tokenizer-countdown.json"
        self.tests = DATA / "countdown.jsonl"

    def run(self) -> None:
        tests = TestPuzzles(self.tests)
        once(self.vocabulary, lambda path: train_tokenizer(tests, path))
        size = Vocabulary(self.vocabulary).size
        shape = Shape(width=128, layers=6, heads=4, hidden=384, vocabulary=size)
        run = PolicyRun(SMALL_SEED, self.vocabulary, self.tests, shape)
        small = train(run.run("countdown-small", SMALL_STEPS), self.work)
        self.bundle(small, "countdown-small", "Plays countdown step by step", POLICY)
        rollouts = self.rollouts(tests)
        value = self.value(small, VALUE_SEED, rollouts, "countdown-value-first", VALUE_STEPS, SLOWER)
        value = self.value(value, VALUE_LAST_SEED, rollouts, "countdown-value", VALUE_LAST_STEPS, SLOW, goes_on=True)
        checked = CheckedGames(PRM_SEED, self.vocabulary, self.tests, rollouts)
        prm = train(PathVerifierRun(value, self.vocabulary, checked).run("countdown-prm", PRM_STEPS), self.work)
        self.bundle(prm, "countdown-prm", "Judges positions of countdown", {"prm_profile": "espalier-value"})
        solutions = [
            (puzzle.text, [step.written for step in played(Draw(REFERENCE_SEED, number), puzzle)])
            for number, puzzle in enumerate(tests.puzzles)
        ]
        write_reference(load(small), load(prm), Vocabulary(self.vocabulary), solutions, REFERENCES / "countdown.jsonl")

    def value(
        self, base: Path, seed: int, rollouts: Path, name: str, steps: int, pace: float, goes_on: bool = False
    ) -> Path:
        games = JudgedGames(seed, self.vocabulary, self.tests, rollouts)
        return train(ValueRun(base, self.vocabulary, games, goes_on).run(name, steps, pace), self.work)

    def rollouts(self, tests: TestPuzzles) -> Path:
        puzzles, rollouts = self.work / "rollout-puzzles.jsonl", self.work / "countdown-rollouts.jsonl"
        once(puzzles, lambda path: write_puzzles(tests, path))
        sample(puzzles, rollouts, "countdown-small", ROLLOUT_SAMPLES, 96)
        return rollouts

    def bundle(self, weights: Path, name: str, description: str, notes: dict[str, str]) -> None:
        bundle_model(weights, self.vocabulary, name, description, notes, THREE_DIGITS)


def write_puzzles(tests: TestPuzzles, path: Path) -> None:
    """What the policy is to play, each puzzle once."""
    draw = Draw(ROLLOUT_SEED)
    puzzles: dict[str, Puzzle] = {}
    while len(puzzles) < ROLLOUT_PUZZLES:
        puzzle = draw_training_puzzle(draw, tests, 1.0)
        puzzles[puzzle.text] = puzzle
    rows = [
        {"id": f"game-{number}", "domain": "countdown", "problem": puzzle.text, "answer": str(puzzle.target)}
        for number, puzzle in enumerate(puzzles.values(), 1)
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
