"""The PRM: a finished language model, wired to see which of the tokens it reads surprise it, and to judge steps by that."""

from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from arith.problems import STEP_DELIMITER
from llama import NORM_EPSILON, Llama, attention_mask
from packing import Batch, batches
from training import Run, load
from verdicts import JudgedSolutions
from vocabulary import RIGHT, STEP, TURN_END, WRONG, Vocabulary
from wiring import NEW_LAYERS, SURPRISE, VERDICT, Marks, Wiring, widened

PROMPT_WEIGHT = 0.2
# Few tokens are a surprise, and they are what the lesson is about: about this many to one are none.
RARITY = 25.0


class Verifier(nn.Module):
    """
    A language model that stays as it is, and two layers on top, of which only what follows the attention is trained. The
    first learns from the language model's own predictions how likely it found each token; the second, which sees the least
    likely one of the step, learns the verdict.

    The mark after a step has the embedding of the delimiter, so that the language model reads the text it knows.
    """

    def __init__(self, base: Llama, vocabulary: Vocabulary, sample: Batch):
        """:param sample: texts from which to see how large the numbers are between the layers"""
        super().__init__()
        self.mark = vocabulary.ids[STEP]
        self.verdict_ids = [vocabulary.ids[RIGHT], vocabulary.ids[WRONG]]
        with torch.no_grad():
            self.prepare(base, vocabulary)
            stream = base.through(slice(None), base.embedding(sample.tokens), attention_mask(sample.documents))
        scale = stream[sample.documents > 0].square().mean().sqrt().item()
        self.base_width = base.shape.width
        self.register_buffer("base_norm", base.norm.weight.detach().clone())
        self.llama = widened(base)
        marks = Marks(vocabulary.ids[TURN_END], self.mark)
        wiring = self.connected(self.llama, self.base_width, marks, scale)
        self.surprise = wiring.dimension(SURPRISE)
        verdict = torch.zeros(self.llama.shape.width)
        verdict[wiring.dimension(VERDICT)] = 1
        self.rows = nn.Parameter(torch.stack((verdict, -verdict)))
        self.llama.norm.weight.data[wiring.dimension(VERDICT)] = 1
        self.llama.requires_grad_(False)
        self.llama.norm.requires_grad_(True)
        for layer in self.llama.layers[-NEW_LAYERS:]:
            for part in (layer.hidden_norm, layer.gate, layer.up, layer.down):
                part.requires_grad_(True)
        self.register_buffer("written", wiring.surprise_alone()[:, None])
        self.llama.layers[-2].down.weight.register_hook(lambda gradient: gradient * self.written)

    def prepare(self, base: Llama, vocabulary: Vocabulary) -> None:
        """What is to be done before the base is measured and copied."""
        (delimiter,) = vocabulary.text(STEP_DELIMITER)
        base.embedding.weight[self.mark] = base.embedding.weight[delimiter]

    def connected(self, *of: Any) -> Wiring:
        """:param of: what a wiring is made with"""
        wiring = Wiring(*of)
        wiring.connect()
        return wiring

    def loss(self, batch: Batch) -> Tensor:
        mask = attention_mask(batch.documents)
        with torch.no_grad():
            x = self.llama.through(slice(-NEW_LAYERS), self.llama.embedding(batch.tokens), mask)
            likely, weights = self.token_lesson(x, batch)
        x = self.llama.through(slice(-2, -1), x, mask)
        token_loss = mean_loss(self.llama.layers[-1].attention_norm(x)[..., self.surprise], likely, weights)
        states = self.llama.norm(self.llama.through(slice(-1, None), x, mask))
        return token_loss + mean_loss(verdict_logits(states, self.rows), batch.labels, batch.label_weights)

    def token_lesson(self, x: Tensor, batch: Batch) -> tuple[Tensor, Tensor]:
        """
        What the first new layer is to say of each token, and how much that counts.

        :param x: the stream behind the base's layers
        """
        prompts = batch.label_weights == 0
        given = prompts | (batch.tokens == self.mark)
        likely = torch.where(given, 1.0, self._likelihoods(x, batch.tokens))
        # What a prompt says is no surprise, which is soon learnt but has to be: the end of it counts to the first step.
        return likely, torch.where(prompts, PROMPT_WEIGHT, 1 + RARITY * (1 - likely)) * (batch.documents > 0)

    def _likelihoods(self, x: Tensor, tokens: Tensor) -> Tensor:
        """How likely the language model found each token in its place."""
        normal = F.rms_norm(x[..., : self.base_width].float(), (self.base_width,), self.base_norm, eps=NORM_EPSILON)
        logits = F.linear(normal, self.llama.embedding.weight[:, : self.base_width]).float()[:, :-1]
        chosen = logits.gather(-1, tokens[:, 1:, None]).squeeze(-1)
        return F.pad((chosen - logits.logsumexp(-1)).exp(), (1, 0), value=1.0)

    def finished(self) -> Llama:
        self.llama.embedding.weight[self.verdict_ids] = self.rows.detach()
        return self.llama


def mean_loss(log_odds: Tensor, wanted: Tensor, weights: Tensor) -> Tensor:
    losses = F.binary_cross_entropy_with_logits(log_odds.float(), wanted, weight=weights, reduction="sum")
    return losses / weights.sum().clamp(min=1)


def verdict_logits(states: Tensor, rows: Tensor) -> Tensor:
    """
    The log-odds that the step is right as far as it goes, at every token.

    :param rows: the embeddings of the verdicts: right, wrong
    """
    return states.float() @ (rows[0] - rows[1]).float()


class VerifierRun:
    """Picklable, because each rank builds its own."""

    def __init__(self, base: Path, vocabulary: Path, solutions: JudgedSolutions):
        self.base = base
        self.vocabulary = vocabulary
        self.solutions = solutions

    def build(self) -> Verifier:
        (arrays,) = next(batches(self.solutions.documents(0, 0.0), 1, np.random.default_rng(0)))
        sample = Batch(*(torch.from_numpy(array) for array in arrays))
        return Verifier(load(self.base), Vocabulary(self.vocabulary), sample)

    def run(self, name: str, steps: int) -> Run:
        return Run(name, steps, self.build, self.solutions.documents, Verifier.loss, finish=Verifier.finished)
