"""The stages of the countdown pair, each of which is skipped if its result is there."""

from pathlib import Path

from arith.draw import Draw
from bundled import DATA, POLICY, REFERENCES, bundle_model, once
from llama import Shape
from reference import write_reference
from training import load, train
from vocabulary import THREE_DIGITS, Vocabulary

from .policy import PolicyRun, train_tokenizer
from .puzzles import TestPuzzles
from .value import JudgedGames, ValueRun, played

SMALL_STEPS, PRM_STEPS = 1200, 500
SMALL_SEED, PRM_SEED, REFERENCE_SEED = 31, 32, 34
# A model that is to keep what it knows learns more slowly.
GENTLY = 0.4


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
        games = JudgedGames(PRM_SEED, self.vocabulary, self.tests)
        prm = train(ValueRun(small, self.vocabulary, games).run("countdown-prm", PRM_STEPS, GENTLY), self.work)
        self.bundle(prm, "countdown-prm", "Judges positions of countdown", {"prm_profile": "espalier-value"})
        solutions = [
            (puzzle.text, [str(step) for step in played(Draw(REFERENCE_SEED, number), puzzle)])
            for number, puzzle in enumerate(tests.puzzles)
        ]
        write_reference(load(small), load(prm), Vocabulary(self.vocabulary), solutions, REFERENCES / "countdown.jsonl")

    def bundle(self, weights: Path, name: str, description: str, notes: dict[str, str]) -> None:
        bundle_model(weights, self.vocabulary, name, description, notes, THREE_DIGITS)
