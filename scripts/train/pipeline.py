"""All stages of the training, each of which is skipped if its result is there."""

import argparse
import json
import subprocess
from pathlib import Path

from arith.corruption import corrupted
from arith.draw import Draw
from arith.problems import STEP_DELIMITER, Problem, draw_training_problem
from arith.testsets import bundle, test_set
from bundled import DATA, POLICY, REFERENCES, REPOSITORY, bundle_model, once, sample
from countdown.pipeline import CountdownPipeline
from llama import Shape
from policy import EVENLY, LEVELS, MOSTLY_SHORT, VARIED, Levels, PolicyRun, training_problems
from reference import write_reference
from training import load, train
from verdicts import JudgedSolutions
from verifier import VerifierRun
from vocabulary import SIZE, Vocabulary
from vocabulary import train as train_vocabulary

SMALL = Shape(width=128, layers=6, heads=4, hidden=384, vocabulary=SIZE)
LARGE = Shape(width=192, layers=8, heads=6, hidden=576, vocabulary=SIZE)
SMALL_STEPS, LARGE_STEPS, LARGE_MORE_STEPS = 950, 700, 1000
SMALL_VARIED_STEPS, LARGE_VARIED_STEPS, LARGE_LAST_STEPS = 1000, 600, 1500
PRM_STEPS = 1200
SMALL_SEED, LARGE_SEED, ROLLOUT_SEED, PRM_SEED, LARGE_MORE_SEED = 1, 2, 3, 4, 12
SMALL_VARIED_SEED, LARGE_VARIED_SEED, LARGE_LAST_SEED = 21, 22, 23
# Half of the large policy's last lesson has the benchmark's own sentences: a lesson with a quarter of them made it forget some.
HALF_VARIED = 0.5
TOKENIZER_PROBLEMS = 20_000
ROLLOUT_PROBLEMS, ROLLOUT_SAMPLES = 1_600, 4


class ArithPipeline:
    def __init__(self, work: Path):
        self.work = work
        self.vocabulary = work / "tokenizer.json"

    def run(self) -> None:
        bundle(DATA)
        once(self.vocabulary, self.tokenizer)
        small = self.policy(SMALL, SMALL_SEED, "arith-small-narrow", SMALL_STEPS, MOSTLY_SHORT)
        small = self.policy(SMALL, SMALL_VARIED_SEED, "arith-small", SMALL_VARIED_STEPS, MOSTLY_SHORT, small, VARIED)
        self.export_policy(small, "arith-small")
        large = self.policy(LARGE, LARGE_SEED, "arith-large-first", LARGE_STEPS, EVENLY)
        large = self.policy(LARGE, LARGE_MORE_SEED, "arith-large-narrow", LARGE_MORE_STEPS, EVENLY, large)
        large = self.policy(LARGE, LARGE_VARIED_SEED, "arith-large-varied", LARGE_VARIED_STEPS, EVENLY, large, VARIED)
        large = self.policy(LARGE, LARGE_LAST_SEED, "arith-large", LARGE_LAST_STEPS, EVENLY, large, HALF_VARIED)
        self.export_policy(large, "arith-large")
        solutions = JudgedSolutions(PRM_SEED, self.vocabulary, *self.rollouts())
        prm = train(VerifierRun(large, self.vocabulary, solutions).run("arith-prm", PRM_STEPS), self.work)
        bundle_model(prm, self.vocabulary, "arith-prm", "Judges solutions of arithmetic stories",
                     {"prm_profile": "espalier-verdict"})
        write_reference(load(small), load(prm), Vocabulary(self.vocabulary), reference_solutions(), REFERENCES / "arith.jsonl")

    def tokenizer(self, path: Path) -> None:
        problems = training_problems(0, 0, 1.0, TOKENIZER_PROBLEMS)
        train_vocabulary([text for problem in problems for text in (problem.text, problem.solution)], path)

    def policy(
        self, shape: Shape, seed: int, name: str, steps: int, levels: Levels, base: Path | None = None, varied: float = 0.0
    ) -> Path:
        return train(PolicyRun(shape, seed, self.vocabulary, levels, base, varied).run(name, steps), self.work)

    def export_policy(self, weights: Path, name: str) -> None:
        bundle_model(weights, self.vocabulary, name, "Solves arithmetic stories step by step", POLICY)

    def rollouts(self) -> tuple[Path, Path]:
        """Solutions that Espalier samples from the small policy, with each step labelled by the exact checker."""
        problems, rollouts = self.work / "rollout-problems.jsonl", self.work / "rollouts.jsonl"
        once(problems, self.rollout_problems)
        sample(problems, rollouts, "arith-small", ROLLOUT_SAMPLES, 400)
        return problems, rollouts

    def rollout_problems(self, path: Path) -> None:
        draw = Draw(ROLLOUT_SEED)
        problems: dict[str, Problem] = {}
        while len(problems) < ROLLOUT_PROBLEMS:
            level = draw.weighted(LEVELS, EVENLY)
            problem = draw_training_problem(draw, level, VARIED)
            problems[problem.text] = problem
        rows = [problem.row(f"rollout-{number}") for number, problem in enumerate(problems.values(), 1)]
        path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


def reference_solutions() -> list[tuple[str, list[str]]]:
    """Problems of the test set with right and wrong solutions of them in turn."""
    return [
        (problem.text, problem.solution.split(STEP_DELIMITER) if number % 2 == 0 else corrupted(Draw(7, number), problem))
        for number, problem in enumerate(test_set("arith"))
    ]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, required=True, help="folder for checkpoints and samples")
    parser.add_argument("--only", choices=("arith", "countdown"), help="one of the two pairs")
    given = parser.parse_args()
    if given.only != "countdown":
        ArithPipeline(given.work).run()
    if given.only != "arith":
        CountdownPipeline(given.work).run()
    subprocess.run(["mvn", "-q", "verify", "-Dtest=none", "-Dsurefire.failIfNoSpecifiedTests=false",
                    "-Dit.test=BundledPairIT,PairReferenceIT"], cwd=REPOSITORY, check=True)
