"""Puts documents of different lengths into rows of one length, so that little of a batch is padding."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

# Attention costs the square of a row: short documents do not travel in long rows.
ROW_LENGTHS = (160, 232, 320, 464, 640)
TOKENS_PER_BATCH = 4640


@dataclass
class Document:
    """
    Tokens, and for each of them what to predict after it and how much that counts; for a PRM also whether the solution
    is right so far, and how much that counts.
    """

    tokens: np.ndarray
    targets: np.ndarray
    weights: np.ndarray
    labels: np.ndarray | None = None
    label_weights: np.ndarray | None = None


class Batch(NamedTuple):
    """Rows of documents, as arrays or as tensors. ``documents`` numbers those of a row, from 1; 0 is padding."""

    tokens: Any
    documents: Any
    targets: Any
    weights: Any
    labels: Any
    label_weights: Any


def _rows(documents: list[Document], length: int) -> list[list[Document]]:
    """First fit, the longest first."""
    rows: list[list[Document]] = []
    room: list[int] = []
    first_open = 0
    for document in sorted(documents, key=lambda d: -len(d.tokens)):
        size = len(document.tokens)
        while first_open < len(room) and room[first_open] < 40:
            first_open += 1
        for i in range(first_open, len(rows)):
            if room[i] >= size:
                break
        else:
            rows.append([])
            room.append(length)
            i = len(rows) - 1
        rows[i].append(document)
        room[i] -= size
    return rows


def _batch(rows: list[list[Document]], length: int) -> Batch:
    shape = (len(rows), length)
    whole = [np.zeros(shape, np.int64) for _ in range(3)]
    real = [np.zeros(shape, np.float32) for _ in range(3)]
    batch = Batch(*whole, *real)
    for r, row in enumerate(rows):
        at = 0
        for number, document in enumerate(row, 1):
            span = slice(at, at + len(document.tokens))
            batch.tokens[r, span] = document.tokens
            batch.documents[r, span] = number
            batch.targets[r, span] = document.targets
            batch.weights[r, span] = document.weights
            if document.labels is not None:
                batch.labels[r, span] = document.labels
                batch.label_weights[r, span] = document.label_weights
            at = span.stop
    return batch


def batches(
    documents: list[Document], ranks: int, shuffle: np.random.Generator, row_lengths: tuple[int, ...] = ROW_LENGTHS
) -> Iterator[list[Batch]]:
    """For each step as many batches of one shape as there are ranks; what does not fill a step is left out."""
    steps: list[tuple[int, list[list[list[Document]]]]] = []
    limits = (0, *row_lengths)
    for shorter, length in zip(limits, limits[1:]):
        rows = _rows([d for d in documents if shorter < len(d.tokens) <= length], length)
        rows = [rows[i] for i in shuffle.permutation(len(rows))]
        per_batch = TOKENS_PER_BATCH // length
        per_step = per_batch * ranks
        for at in range(0, len(rows) - per_step + 1, per_step):
            step = rows[at : at + per_step]
            steps.append((length, [step[r * per_batch : (r + 1) * per_batch] for r in range(ranks)]))
    for i in shuffle.permutation(len(steps)):
        length, parts = steps[i]
        yield [_batch(part, length) for part in parts]
