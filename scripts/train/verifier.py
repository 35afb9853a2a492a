"""The PRM: a finished language model with a few layers on top that say whether the solution is right so far."""

from functools import partial
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from arith.problems import STEP_DELIMITER
from llama import NORM_EPSILON, Llama, RmsNorm, attention_mask, grown
from packing import Batch, batches
from training import Run, load
from verdicts import JudgedSolutions
from vocabulary import RIGHT, STEP, WRONG, Vocabulary

NEW_LAYERS = 3
PROMPT_WEIGHT = 0.2
# Few tokens are a surprise, and they are what the lesson is about: about this many to one are none.
RARITY = 25.0
# How much of the stream's length the least likely of all tokens adds to it.
SURPRISE_SHARE = 0.3
SURPRISE_DOCUMENTS = 400


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
    found each token beside the likeliest one; the product of that over the solution so far, which is what judging by
    likelihood measures; the verdict. With the verdict as its only lesson such a model hardly learns: it would have to
    find the first two by itself.

    The mark after a step has the embedding of the delimiter, so that the language model reads the text it knows.
    """

    def __init__(self, llama: Llama, vocabulary: Vocabulary):
        """:param llama: with the new layers"""
        super().__init__()
        self.mark = vocabulary.ids[STEP]
        self.verdict_ids = [vocabulary.ids[RIGHT], vocabulary.ids[WRONG]]
        self.trunk = llama.shape.layers - NEW_LAYERS
        self.llama = llama
        self.llama.requires_grad_(False)
        (delimiter,) = vocabulary.text(STEP_DELIMITER)
        embedding = self.llama.embedding.weight
        embedding[self.mark] = embedding[delimiter]
        self.register_buffer("base_norm", self.llama.norm.weight.detach().clone())
        self.llama.layers[self.trunk :].requires_grad_(True)
        self.llama.norm.requires_grad_(True)
        self.rows = nn.Parameter(embedding[self.verdict_ids].clone())
        self.token_lesson = Lesson(llama.shape.width)
        self.solution_lesson = Lesson(llama.shape.width)

    def loss_of_tokens(self, batch: Batch) -> Tensor:
        """The first lesson alone."""
        states, ratios, weights = self._first_layer(batch, attention_mask(batch.documents))
        return self.token_lesson.loss(states, ratios.exp(), weights)

    def loss(self, batch: Batch) -> Tensor:
        mask = attention_mask(batch.documents)
        x, ratios, weights = self._first_layer(batch, mask)
        token_loss = self.token_lesson.loss(x, ratios.exp(), weights)
        weights = weights.clamp(max=1)
        x = self.llama.through(slice(self.trunk + 1, self.trunk + 2), x, mask)
        likelihood = _since_last(batch.label_weights == 0, ratios).exp()
        solution_loss = self.solution_lesson.loss(x, likelihood, weights)
        states = self.llama.norm(self.llama.through(slice(self.trunk + 2, None), x, mask))
        verdict_loss = mean_loss(verdict_logits(states, self.rows), batch.labels, batch.label_weights)
        return verdict_loss + token_loss + solution_loss

    def _first_layer(self, batch: Batch, mask: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """What the first new layer makes of each token, the token's log-ratio, and its weight."""
        with torch.no_grad():
            x = self.llama.through(slice(self.trunk), self.llama.embedding(batch.tokens), mask)
            prompts = batch.label_weights == 0
            given = prompts | (batch.tokens == self.mark)
            ratios = torch.where(given, 0.0, self._log_ratios(x, batch.tokens))
        # What a prompt says is no surprise, which is soon learnt but has to be: the later layers look at it too.
        weights = torch.where(prompts, PROMPT_WEIGHT, 1 + RARITY * (1 - ratios.exp())) * (batch.documents > 0)
        return self.llama.through(slice(self.trunk, self.trunk + 1), x, mask), ratios, weights

    def _log_ratios(self, x: Tensor, tokens: Tensor) -> Tensor:
        """For each token, the logarithm of its probability over that of the likeliest in its place."""
        normal = F.rms_norm(x.float(), (x.shape[-1],), self.base_norm, eps=NORM_EPSILON)
        logits = F.linear(normal, self.llama.embedding.weight).float()[:, :-1]
        chosen = logits.gather(-1, tokens[:, 1:, None]).squeeze(-1)
        return F.pad(chosen - logits.amax(-1), (1, 0)).clamp(min=-20)

    @torch.no_grad()
    def attend_to_surprise(self, sample: list[Batch]) -> None:
        """
        Sets one head of the second new layer to look at the least likely token so far, and to write how likely it was
        where the verdict is read. Learnt from nothing that takes thousands of steps, because the mean over all tokens,
        with which attention begins, hardly shows a single one.
        """
        layer = self.llama.layers[self.trunk + 1]
        read = [(*self._first_layer(batch, attention_mask(batch.documents)), batch.documents > 0) for batch in sample]
        states = torch.cat([found[seen] for found, _, _, seen in read])
        wanted = torch.cat([ratios[seen].exp() for _, ratios, _, seen in read])
        weights = torch.cat([weights[seen] for _, _, weights, seen in read])
        inputs = layer.attention_norm(states)
        constant = torch.linalg.lstsq(inputs, torch.ones(len(inputs), 1)).solution.squeeze(1)
        surprise = _log_odds(inputs, wanted, weights, constant)
        attention, width = layer.attention, self.llama.shape.head_width
        # Of the pairs of a head the last one turns least with the distance.
        turning_least = width - 2
        attention.q.weight[:width] = 0
        attention.k.weight[:width] = 0
        sharpness = width**0.25
        attention.q.weight[turning_least] = constant * sharpness
        attention.k.weight[turning_least] = -surprise * sharpness
        attention.v.weight[0] = surprise
        direction = F.normalize(self.rows[0] - self.rows[1], dim=0)
        largest = states.norm(dim=-1).mean() * SURPRISE_SHARE / (inputs @ surprise).abs().max()
        attention.out.weight[:, 0] = direction * largest

    def finished(self) -> Llama:
        self.llama.embedding.weight[self.verdict_ids] = self.rows.detach()
        return self.llama


def _log_odds(inputs: Tensor, wanted: Tensor, weights: Tensor, constant: Tensor) -> Tensor:
    """
    The direction in which the inputs show the log-odds of probabilities: a logistic regression.

    :param constant: a direction in which all inputs are near one, which takes the place of a bias
    """
    direction = torch.zeros(inputs.shape[1] + 1, requires_grad=True)
    with torch.enable_grad():
        search = torch.optim.LBFGS([direction], max_iter=60, line_search_fn="strong_wolfe")

        def loss() -> Tensor:
            search.zero_grad()
            odds = inputs @ direction[:-1] + direction[-1]
            value = mean_loss(odds, wanted, weights) + 1e-4 * direction.square().sum()
            value.backward()
            return value

        search.step(loss)
    found = direction.detach()
    return found[:-1] + found[-1] * constant


def _since_last(starts: Tensor, values: Tensor) -> Tensor:
    """Sums of values, which are not positive, since the last start before each place."""
    sums = values.cumsum(-1)
    before = torch.cummin(torch.where(starts, sums, 0.0), -1).values
    return (sums - F.pad(before[:, :-1], (1, 0))).clamp(max=0)


class VerifierRuns:
    """The two runs that make a PRM; picklable, because each rank builds its own."""

    def __init__(self, base: Path, vocabulary: Path, solutions: JudgedSolutions):
        self.base = base
        self.vocabulary = vocabulary
        self.solutions = solutions

    def _tokens(self) -> Verifier:
        verifier = Verifier(grown(load(self.base), NEW_LAYERS), Vocabulary(self.vocabulary))
        verifier.requires_grad_(False)
        verifier.llama.layers[verifier.trunk].requires_grad_(True)
        verifier.token_lesson.requires_grad_(True)
        return verifier

    def tokens(self, name: str, steps: int) -> Run:
        """The first lesson."""
        return Run(name, steps, self._tokens, self.solutions.documents, Verifier.loss_of_tokens, finish=Verifier.finished)

    def verdicts(self, name: str, steps: int, tokens: Path) -> Run:
        """
        The others.

        :param tokens: what the first run made
        """
        return Run(name, steps, partial(self._verdicts, tokens), self.solutions.documents, Verifier.loss,
                   finish=Verifier.finished, rate=0.5)

    def _verdicts(self, tokens: Path) -> Verifier:
        verifier = Verifier(load(tokens), Vocabulary(self.vocabulary))
        documents = self.solutions.documents(0, 0.0)[:SURPRISE_DOCUMENTS]
        sample = [parts[0] for parts in batches(documents, 1, np.random.default_rng(0))]
        verifier.attend_to_surprise([Batch(*(torch.from_numpy(array) for array in arrays)) for arrays in sample])
        return verifier
