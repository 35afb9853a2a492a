"""What PyTorch makes of some problems, for the test that the exported files say the same through llama.cpp."""

import json
from pathlib import Path

import torch

from arith.corruption import corrupted
from arith.draw import Draw
from arith.problems import STEP_DELIMITER, Problem
from arith.testsets import test_set
from generation import greedy
from llama import Llama
from verdicts import Judged, document
from verifier import verdict_logits
from vocabulary import RIGHT, STEP, TURN_END, WRONG, Vocabulary

PROMPTS = 50
TIE = 0.05


def write_reference(policy: Llama, prm: Llama, vocabulary: Vocabulary, path: Path) -> None:
    """Greedy tokens of the policy; verdicts of the PRM on right and on wrong solutions. Of the weights as they are shipped."""
    for model in (policy, prm):
        for parameter in model.parameters():
            if parameter.dim() == 2:
                parameter.data = parameter.half().float()
    problems = test_set("arith")[: 2 * PROMPTS]
    prompts = [vocabulary.prompt(problem.text) for problem in problems]
    written, margins = greedy(policy, prompts, vocabulary.ids[TURN_END])
    # What is all but a tie is decided by rounding, which is llama.cpp's own.
    clear = [row for row, margin in zip(zip(problems, prompts, written), margins) if margin > TIE][:PROMPTS]
    rows = []
    for number, (problem, prompt, tokens) in enumerate(clear):
        steps = problem.solution.split(STEP_DELIMITER) if number % 2 == 0 else corrupted(Draw(7, number), problem)
        verdicts = [round(p, 5) for p in probabilities(prm, vocabulary, problem, steps)]
        rows.append(
            {"problem": problem.text, "prompt": prompt, "tokens": tokens, "steps": steps, "verdicts": verdicts}
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


@torch.no_grad()
def probabilities(prm: Llama, vocabulary: Vocabulary, problem: Problem, steps: list[str]) -> list[float]:
    """The probability, after each step, that it is right."""
    # As if it were right: the document of a wrong solution ends with its first error.
    whole = Judged(problem.text, steps, steps, -1)
    tokens = torch.from_numpy(document(vocabulary, whole).tokens)[None]
    states = prm.states(tokens, torch.ones_like(tokens))
    odds = verdict_logits(states, prm.embedding.weight[[vocabulary.ids[RIGHT], vocabulary.ids[WRONG]]])
    return odds[tokens == vocabulary.ids[STEP]].sigmoid().tolist()
