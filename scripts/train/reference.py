"""What PyTorch makes of some problems, for the test that the exported files say the same through llama.cpp."""

import json
from pathlib import Path

import torch

from generation import greedy
from llama import Llama
from verifier import verdict_logits
from vocabulary import RIGHT, STEP, TURN_END, WRONG, Vocabulary

PROMPTS = 50
TIE = 0.05
Solution = tuple[str, list[str]]


def write_reference(policy: Llama, prm: Llama, vocabulary: Vocabulary, solutions: list[Solution], path: Path) -> None:
    """
    Greedy tokens of the policy; verdicts of the PRM on solutions. Of the weights as they are shipped.

    :param solutions: problems, and steps for the PRM to judge
    """
    for model in (policy, prm):
        for parameter in model.parameters():
            if parameter.dim() == 2:
                parameter.data = parameter.half().float()
    solutions = solutions[: 2 * PROMPTS]
    prompts = [vocabulary.prompt(problem) for problem, _ in solutions]
    written, margins = greedy(policy, prompts, vocabulary.ids[TURN_END])
    # What is all but a tie is decided by rounding, which is llama.cpp's own.
    clear = [row for row, margin in zip(zip(solutions, prompts, written), margins) if margin > TIE][:PROMPTS]
    rows = []
    for (problem, steps), prompt, tokens in clear:
        verdicts = [round(p, 5) for p in probabilities(prm, vocabulary, prompt, steps)]
        rows.append({"problem": problem, "prompt": prompt, "tokens": tokens, "steps": steps, "verdicts": verdicts})
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


@torch.no_grad()
def probabilities(prm: Llama, vocabulary: Vocabulary, prompt: list[int], steps: list[str]) -> list[float]:
    """The verdict after each step."""
    judged = [token for step in steps for token in (*vocabulary.text(step), vocabulary.ids[STEP])]
    tokens = torch.tensor([[*prompt, *judged]])
    states = prm.states(tokens, torch.ones_like(tokens))
    odds = verdict_logits(states, prm.embedding.weight[[vocabulary.ids[RIGHT], vocabulary.ids[WRONG]]])
    return odds[tokens == vocabulary.ids[STEP]].sigmoid().tolist()
