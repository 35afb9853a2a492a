"""The PRM: a finished language model with a few layers on top that say whether the solution is right so far."""

from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from arith.problems import STEP_DELIMITER
from llama import Llama, RmsNorm, attention_mask, grown
from packing import Batch
from training import Run, load
from verdicts import JudgedSolutions
from vocabulary import RIGHT, STEP, WRONG, Vocabulary

NEW_LAYERS = 3


class Lesson(nn.Module):
    """Reads one number off a layer that is to have learnt it. Not part of the finished model."""

    def __init__(self, width: int):
        super().__init__()
        self.norm = RmsNorm(width)
        self.reading = nn.Linear(width, 1)
        nn.init.zeros_(self.reading.weight)

    def loss(self, states: Tensor, wanted: Tensor, weights: Tensor) -> Tensor:
        """:param wanted: probabilities"""
        found = self.reading(self.norm(states)).squeeze(-1)
        return mean_loss(found, wanted, weights)


def mean_loss(log_odds: Tensor, wanted: Tensor, weights: Tensor) -> Tensor:
    losses = F.binary_cross_entropy_with_logits(log_odds.float(), wanted, weight=weights, reduction="sum")
    return losses / weights.sum().clamp(min=1)


def verdict_logits(states: Tensor, rows: Tensor) -> Tensor:
    """
    The log-odds that all is right so far, at every token.

    :param rows: the embeddings of the verdicts: right, wrong
    """
    return states.float() @ (rows[0] - rows[1]).float()


class Verifier(nn.Module):
    """
    A language model that stays as it is, and layers on top that learn one after the other: how likely the language model
    found each token; the same for a step as far as it goes, which is what judging by likelihood measures; the verdict.
    With the verdict as its only lesson such a model hardly learns: it would have to find the first two by itself.

    The mark after a step has the embedding of the delimiter, so that the language model reads the text it knows.
    """

    def __init__(self, base: Llama, vocabulary: Vocabulary):
        super().__init__()
        self.mark = vocabulary.ids[STEP]
        self.verdict_ids = [vocabulary.ids[RIGHT], vocabulary.ids[WRONG]]
        self.trunk = base.shape.layers
        self.llama = grown(base, NEW_LAYERS)
        self.llama.requires_grad_(False)
        (delimiter,) = vocabulary.text(STEP_DELIMITER)
        embedding = self.llama.embedding.weight
        embedding[self.mark] = embedding[delimiter]
        self.register_buffer("base_norm", base.norm.weight.detach().clone())
        self.llama.layers[self.trunk :].requires_grad_(True)
        self.llama.norm.requires_grad_(True)
        self.rows = nn.Parameter(embedding[self.verdict_ids].clone())
        self.token_lesson = Lesson(base.shape.width)
        self.step_lesson = Lesson(base.shape.width)

    def loss(self, batch: Batch) -> Tensor:
        mask = attention_mask(batch.documents)
        with torch.no_grad():
            x = self.llama.through(slice(self.trunk), self.llama.embedding(batch.tokens), mask)
            marks = batch.tokens == self.mark
            of_tokens = self._log_ratios(x, batch.tokens)
            outside = marks | (batch.label_weights == 0)
            of_steps = _since_last(outside, torch.where(outside, 0.0, of_tokens))
        judged = (batch.label_weights > 0).float()
        x = self.llama.through(slice(self.trunk, self.trunk + 1), x, mask)
        token_loss = self.token_lesson.loss(x, of_tokens.exp(), judged * ~marks)
        x = self.llama.through(slice(self.trunk + 1, self.trunk + 2), x, mask)
        step_loss = self.step_lesson.loss(x, of_steps.exp(), judged)
        states = self.llama.norm(self.llama.through(slice(self.trunk + 2, None), x, mask))
        return mean_loss(verdict_logits(states, self.rows), batch.labels, batch.label_weights) + token_loss + step_loss

    def _log_ratios(self, x: Tensor, tokens: Tensor) -> Tensor:
        """For each token, the logarithm of its probability over that of the likeliest in its place."""
        normal = F.rms_norm(x.float(), (x.shape[-1],), self.base_norm, eps=1e-5)
        logits = F.linear(normal, self.llama.embedding.weight).float()[:, :-1]
        chosen = logits.gather(-1, tokens[:, 1:, None]).squeeze(-1)
        return F.pad(chosen - logits.amax(-1), (1, 0)).clamp(min=-20)

    def finished(self) -> Llama:
        self.llama.embedding.weight[self.verdict_ids] = self.rows.detach()
        return self.llama


def _since_last(starts: Tensor, values: Tensor) -> Tensor:
    """Sums of values, which are not positive, since the last start before each place."""
    sums = values.cumsum(-1)
    before = torch.cummin(torch.where(starts, sums, 0.0), -1).values
    return (sums - F.pad(before[:, :-1], (1, 0))).clamp(max=0)


class VerifierRun:
    """Picklable, because each rank builds its own."""

    def __init__(self, base: Path, vocabulary: Path, solutions: JudgedSolutions):
        self.base = base
        self.vocabulary = vocabulary
        self.solutions = solutions

    def build(self) -> Verifier:
        return Verifier(load(self.base), Vocabulary(self.vocabulary))

    def run(self, name: str, steps: int) -> Run:
        return Run(name, steps, self.build, self.solutions.documents, Verifier.loss, finish=Verifier.finished)
